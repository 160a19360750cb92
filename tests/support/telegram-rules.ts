// What the Bot API demands of the calls we make (core.telegram.org/bots/api), and what it says when it does not get it.
import { z } from "zod";
import { settingsMethods } from "./telegram-settings.ts";

export interface Call {
  readonly method: string;
  /** The content type. */
  readonly type: string;
  readonly body: string;
  /** The one chat there is. */
  readonly chatId: string;
}

/** Telegram opens buttons for others than us: an address that only this machine knows is refused. */
const buttonUrl = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const { hostname, protocol } = new URL(text);
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  return /^https?:$/.test(protocol) && hostname.includes(".") && !isAddress && !/(^|\.)localhost$/.test(hostname);
});

const chat = z.union([z.int(), z.string().regex(/^-?\d+$|^@\w{5,32}$/)]);

const sendMessage = z.strictObject({
  chat_id: chat,
  text: z.string().min(1).max(4096),
  disable_notification: z.boolean().optional(),
  protect_content: z.boolean().optional(),
  link_preview_options: z.strictObject({ is_disabled: z.boolean() }).optional(),
  reply_markup: z
    .strictObject({
      inline_keyboard: z.array(z.array(z.strictObject({ text: z.string().min(1), url: buttonUrl })).min(1)).min(1),
    })
    .optional(),
});

const methods: Readonly<Record<string, z.ZodType>> = {
  getMe: z.strictObject({}),
  getChat: z.strictObject({ chat_id: chat }),
  sendMessage,
  ...settingsMethods,
};

/** The description of Telegram's refusal; null where the call is right. */
export function faultOf({ method, type, body, chatId }: Call): string | null {
  const shape = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (shape === undefined) return "Not Found";
  if (body !== "" && !type.startsWith("application/json")) return `Bad Request: unexpected content type ${type}`;
  const sent: unknown = JSON.parse(body === "" ? "{}" : body);
  const parsed = shape.safeParse(sent);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    if (issue?.path.at(-1) === "url") return "Bad Request: inline keyboard button URL is invalid: Wrong HTTP URL";
    return `Bad Request: ${issue?.path.join(".")} ${issue?.message}`;
  }
  const named = z.object({ chat_id: chat.optional() }).parse(sent).chat_id;
  return named === undefined || String(named) === chatId ? null : "Bad Request: chat not found";
}
