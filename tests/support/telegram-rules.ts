// What the Bot API demands of the calls we make (core.telegram.org/bots/api), and what it says when it does not get it.
import type { Opts } from "grammy/types";
import { z } from "zod";
import { content, contentFault, editedKeyboard, sentMarkup } from "./telegram-message-rules.ts";
import { settingsMethods } from "./telegram-settings.ts";

export interface Call {
  readonly method: string;
  /** The content type. */
  readonly type: string;
  readonly body: string;
}

const chat = z.union([z.int(), z.string().regex(/^-?\d+$|^@\w{5,32}$/)]);
const preview = z.strictObject({ is_disabled: z.boolean().exactOptional() }).exactOptional();
const place = { chat_id: chat, message_id: z.int() };

type MessageFields = { readonly text: string; readonly entities?: Parameters<typeof contentFault>[1] };

function checkContent({ text, entities }: MessageFields, context: z.RefinementCtx): void {
  const fault = contentFault(text, entities);
  if (fault !== null) context.addIssue({ code: "custom", message: fault });
}

/** Each shape is held against the Bot API's published type, so that neither can drift. */
export const chatMethods = {
  getMe: z.strictObject({}),
  getChat: z.strictObject({ chat_id: chat }) satisfies z.ZodType<Opts<"getChat">>,
  sendChatAction: z.strictObject({ chat_id: chat, action: z.literal("typing") }) satisfies z.ZodType<
    Opts<"sendChatAction">
  >,
  sendMessage: z
    .strictObject({
      chat_id: chat,
      ...content,
      disable_notification: z.boolean().exactOptional(),
      protect_content: z.boolean().exactOptional(),
      link_preview_options: preview,
      reply_parameters: z
        .strictObject({ message_id: z.int(), allow_sending_without_reply: z.boolean().exactOptional() })
        .exactOptional(),
      reply_markup: sentMarkup.exactOptional(),
    })
    .superRefine(checkContent) satisfies z.ZodType<Opts<"sendMessage">>,
  editMessageText: z
    .strictObject({
      ...place,
      ...content,
      link_preview_options: preview,
      reply_markup: editedKeyboard.exactOptional(),
    })
    .superRefine(checkContent) satisfies z.ZodType<Opts<"editMessageText">>,
  editMessageReplyMarkup: z.strictObject({
    ...place,
    reply_markup: editedKeyboard.exactOptional(),
  }) satisfies z.ZodType<Opts<"editMessageReplyMarkup">>,
  deleteMessage: z.strictObject(place) satisfies z.ZodType<Opts<"deleteMessage">>,
  answerCallbackQuery: z.strictObject({
    callback_query_id: z.string().min(1),
    text: z.string().max(200, "MESSAGE_TOO_LONG").exactOptional(),
    show_alert: z.boolean().exactOptional(),
    cache_time: z.int().min(0).exactOptional(),
  }) satisfies z.ZodType<Opts<"answerCallbackQuery">>,
} as const;

const methods: Readonly<Record<string, z.ZodType>> = { ...chatMethods, ...settingsMethods };

/** The description of Telegram's refusal; null where the call is right. */
export function faultOf({ method, type, body }: Call): string | null {
  const shape = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (shape === undefined) return "Not Found";
  if (body !== "" && !type.startsWith("application/json")) return `Bad Request: unexpected content type ${type}`;
  const sent: unknown = JSON.parse(body === "" ? "{}" : body);
  const parsed = shape.safeParse(sent);
  return parsed.success ? null : `Bad Request: ${issueWords(parsed.error.issues)}`;
}

function issueWords(issues: readonly z.core.$ZodIssue[]): string {
  const [issue] = issues;
  if (issue === undefined) return "something is wrong";
  if (issue.code === "custom" || issue.code === "too_big") return `${issue.message} (${issue.path.join(".")})`;
  if (issue.code === "invalid_union") {
    // The kind that was meant is the one in which every field is known.
    const meant = issue.errors.find((each) =>
      each.every(({ code, path }) => path.length > 0 && code !== "unrecognized_keys"),
    );
    const [first] = (meant ?? []).toSorted((a, b) => Number(a.code !== "custom") - Number(b.code !== "custom"));
    return first === undefined
      ? `${issue.path.join(".")} is of no known kind`
      : issueWords([{ ...first, path: [...issue.path, ...first.path] }]);
  }
  return `${issue.path.join(".")} ${issue.message}`;
}
