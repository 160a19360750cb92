// What the Bot API allows in a message (core.telegram.org/bots/api): text, entities, buttons. Shaped after its published types.
import type { ForceReply, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity } from "grammy/types";
import { z } from "zod";

const maxText = 4096;
const maxEntities = 100;
const maxRow = 8;
const maxButtons = 100;

/** Telegram opens buttons for others than us: an address that only this machine knows is refused. */
function isPublicUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { hostname, protocol } = new URL(text);
  if (protocol === "tg:") return true;
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  return /^https?:$/.test(protocol) && hostname.includes(".") && !isAddress && !/(^|\.)localhost$/.test(hostname);
}

const span = { offset: z.int().min(0), length: z.int().min(1) };

/** Those a bot may send; the others Telegram finds in the text by itself. */
const entity: z.ZodType<MessageEntity> = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.enum([
      "bold",
      "italic",
      "underline",
      "strikethrough",
      "spoiler",
      "blockquote",
      "expandable_blockquote",
      "code",
    ]),
    ...span,
  }),
  z.strictObject({ type: z.literal("pre"), language: z.string().exactOptional(), ...span }),
  z.strictObject({ type: z.literal("text_link"), url: z.url(), ...span }),
  z.strictObject({
    type: z.literal("date_time"),
    unix_time: z
      .int()
      .min(1)
      .max(2 ** 31 - 1),
    date_time_format: z.custom<MessageEntity.DateTimeMessageEntity["date_time_format"]>(
      (format) => typeof format === "string" && /^(r|w?[dD]?[tT]?)$/.test(format),
      "DATE_TIME_FORMAT_INVALID",
    ),
    ...span,
  }),
]);

export const content = {
  text: z.string(),
  entities: z.array(entity).max(maxEntities).exactOptional(),
};

/** What is wrong with a text and its entities together. */
export function contentFault(text: string, entities: readonly MessageEntity[] = []): string | null {
  if (!text.isWellFormed()) return "strings must be encoded in UTF-8";
  if (text.trim() === "") return "message text is empty";
  if (text !== text.trim())
    return "Telegram would strip the white space at the ends, and the entities would be elsewhere";
  if (text.length > maxText) return "message is too long";
  const found = entities.map((each) => entityFault(text, each)).find((fault) => fault !== null);
  return found ?? nestingFault(entities);
}

function entityFault(text: string, { type, offset, length }: MessageEntity): string | null {
  if (offset + length > text.length) return `ENTITY_BOUNDS_INVALID: ${type} ends outside the text`;
  return [offset, offset + length].some((border) => splitsPair(text, border))
    ? `ENTITY_BOUNDS_INVALID: ${type} splits a character in two`
    : null;
}

function splitsPair(text: string, border: number): boolean {
  return /[\uD800-\uDBFF]/.test(text.charAt(border - 1)) && /[\uDC00-\uDFFF]/.test(text.charAt(border));
}

/** One inside the other or apart, never across; nothing inside or around what is monospaced. */
function nestingFault(entities: readonly MessageEntity[]): string | null {
  for (const [index, a] of entities.entries())
    for (const b of entities.slice(index + 1)) {
      const [endA, endB] = [a.offset + a.length, b.offset + b.length];
      if (endA <= b.offset || endB <= a.offset) continue;
      const nested = (a.offset <= b.offset && endB <= endA) || (b.offset <= a.offset && endA <= endB);
      if (!nested) return `ENTITIES_OVERLAP: ${a.type} and ${b.type}`;
      if ([a.type, b.type].some((type) => type === "code" || type === "pre"))
        return `ENTITIES_OVERLAP: ${a.type} and ${b.type} can't be combined`;
      if (a.type === b.type || (hasMeaning(a) && hasMeaning(b))) return `ENTITIES_OVERLAP: ${a.type} in ${b.type}`;
    }
  return null;
}

function hasMeaning({ type }: MessageEntity): boolean {
  return type === "date_time" || type === "text_link";
}

const face = {
  text: z.string().min(1),
  style: z.enum(["danger", "success", "primary"]).exactOptional(),
};

const button: z.ZodType<InlineKeyboardButton> = z.union([
  z.strictObject({
    ...face,
    callback_data: z.string().refine((data) => data !== "" && Buffer.byteLength(data) <= 64, "BUTTON_DATA_INVALID"),
  }),
  z.strictObject({
    ...face,
    url: z.string().refine(isPublicUrl, "inline keyboard button URL is invalid: Wrong HTTP URL"),
  }),
  z.strictObject({
    ...face,
    web_app: z.strictObject({
      url: z
        .string()
        .refine(
          (url) => isPublicUrl(url) && url.startsWith("https:"),
          "inline keyboard button Web App URL is invalid: Only HTTPS links are allowed",
        ),
    }),
  }),
  z.strictObject({ ...face, copy_text: z.strictObject({ text: z.string().min(1).max(256) }) }),
  z.strictObject({ ...face, disabled: z.strictObject({}) }),
]);

const rows = z
  .array(z.array(button).min(1).max(maxRow))
  .refine((all) => all.flat().length <= maxButtons, "too many buttons in the keyboard");

/** With an edit an empty keyboard takes the buttons away. */
export const editedKeyboard: z.ZodType<InlineKeyboardMarkup> = z.strictObject({ inline_keyboard: rows });

export const forceReply: z.ZodType<ForceReply> = z.strictObject({
  force_reply: z.literal(true),
  input_field_placeholder: z.string().min(1).max(64).exactOptional(),
  selective: z.boolean().exactOptional(),
});

export const sentMarkup: z.ZodType<InlineKeyboardMarkup | ForceReply> = z.union([
  z.strictObject({ inline_keyboard: rows.min(1), force_reply: z.boolean().exactOptional() }),
  forceReply,
]);
