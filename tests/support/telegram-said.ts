// What stands in a chat, and what a tap is, for the Bot API of the tests.
import type { CallbackQuery, InlineKeyboardMarkup, MessageEntity, User } from "grammy/types";

export interface Person extends User {
  standing: "open" | "blocked" | "deactivated";
}

export interface Said {
  readonly id: number;
  readonly chatId: number;
  readonly by: "bot" | "person";
  readonly at: Temporal.Instant;
  readonly silent: boolean;
  readonly protected: boolean;
  readonly placeholder: string | null;
  /** Asks for an answer by a client's reply interface; Telegram lets nobody edit such a message. */
  readonly asksReply: boolean;
  readonly replyTo: number | null;
  text: string;
  entities: readonly MessageEntity[];
  keyboard: InlineKeyboardMarkup | null;
  edits: number;
  deleted: boolean;
}

export interface Tapped {
  readonly query: CallbackQuery;
  readonly at: Temporal.Instant;
  answer: { readonly text: string | null; readonly alert: boolean } | null;
}

export function userOf({ standing: _standing, ...user }: Person): User {
  return user;
}

export function placeholderOf(markup: object): string | null {
  return "input_field_placeholder" in markup ? String(markup.input_field_placeholder) : null;
}

export function keyboardOf(markup: InlineKeyboardMarkup | undefined): InlineKeyboardMarkup | null {
  return markup === undefined || markup.inline_keyboard.length === 0 ? null : markup;
}

export function inOrder(entities: readonly MessageEntity[] = []): MessageEntity[] {
  return entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length);
}

export function sameContent(a: Said, b: Said): boolean {
  const [one, other] = [a, b].map(({ text, entities, keyboard }) => JSON.stringify([text, entities, keyboard]));
  return one === other;
}
