// Telegram's side of a webhook: updates as it builds them, brought as it brings them.
import { type Answer, answerOf } from "./program-client.ts";

export const webhookSecret = "the-webhook-secret_0123456789abcdef";

/** Who writes where; the owner in their private chat unless said otherwise. */
export interface Writer {
  readonly from: number;
  readonly chat: { readonly id: number; readonly type: "private" | "group" | "supergroup" };
}

let lastUpdate = 873_640_000;

/** An update with a text message, under an id of its own. */
export function textUpdate(writer: Writer, text: string): { readonly update_id: number } & Record<string, unknown> {
  const [command] = /^\/\S+/.exec(text) ?? [];
  lastUpdate += 1;
  return {
    update_id: lastUpdate,
    message: {
      message_id: 17,
      from: { id: writer.from, is_bot: false, first_name: "Owner", language_code: "en" },
      chat: { ...writer.chat, ...(writer.chat.type === "private" ? { first_name: "Owner" } : { title: "Traders" }) },
      date: 1_781_000_000,
      text,
      ...(command === undefined ? {} : { entities: [{ offset: 0, length: command.length, type: "bot_command" }] }),
    },
  };
}

/** The owner of the chat with this id. */
export function owner(chatId: string): Writer {
  return { from: Number(chatId), chat: { id: Number(chatId), type: "private" } };
}

/** Posts to the program's webhook. `secret`: null sends none. */
export async function bring(url: string, update: unknown, secret: string | null = webhookSecret): Promise<Answer> {
  const response = await fetch(`${url}/telegram/webhook`, {
    method: "POST",
    redirect: "manual",
    headers: {
      "content-type": "application/json",
      ...(secret === null ? {} : { "x-telegram-bot-api-secret-token": secret }),
    },
    body: typeof update === "string" ? update : JSON.stringify(update),
  });
  return answerOf(response);
}
