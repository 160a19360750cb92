// Pure. A message as the Bot API takes it: words, and under them what can be opened and tapped.
import type { InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity } from "grammy/types";
import type { ChatAction, ChatMessage } from "../ports.ts";
import { telegramText } from "./telegram-text.ts";

export interface TelegramMessage {
  readonly text: string;
  readonly entities?: MessageEntity[];
  readonly reply_markup?: InlineKeyboardMarkup;
}

/** The page to open first, then what can be answered. An edit without a keyboard takes the buttons away. */
export function telegramMessage({ text, entities, action, buttons = [] }: ChatMessage): TelegramMessage {
  // Telegram refuses buttons that lead to this machine ("Wrong HTTP URL"); there the link stands in the text.
  const isButton = action !== null && isPublic(action.url);
  const shown = telegramText(text, entities, action === null || isButton ? "" : `\n\n${action.label}: ${action.url}`);
  const rows: InlineKeyboardButton[][] = [
    ...(isButton ? [[opening(action)]] : []),
    ...buttons.map((row) =>
      row.map(({ label, data, style }) => ({
        text: label,
        callback_data: data,
        ...(style === undefined ? {} : { style }),
      })),
    ),
  ];
  return {
    text: shown.text,
    ...(shown.entities.length === 0 ? {} : { entities: shown.entities }),
    ...(rows.length === 0 ? {} : { reply_markup: { inline_keyboard: rows } }),
  };
}

function opening({ label, url, miniApp }: ChatAction): InlineKeyboardButton {
  return miniApp === undefined ? { text: label, url } : { text: label, web_app: { url: miniApp } };
}

function isPublic(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return protocol === "https:" && hostname.includes(".") && !/^[\d.]+$/.test(hostname);
}
