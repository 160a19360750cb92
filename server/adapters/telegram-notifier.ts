// Notifier over the Telegram Bot API. Parse modes are not used: the text is what is shown, its entities say how.
import type { InlineKeyboardButton } from "grammy/types";
import type { ChatMessage, Notifier } from "../ports.ts";
import { type TelegramAccess, telegramCall, unlessRefusedWith } from "./telegram-api.ts";
import { telegramText } from "./telegram-text.ts";

export interface TelegramSettings extends TelegramAccess {
  /** The person's private chat. */
  readonly chatId: string;
}

const onBadRequest = "Check TELEGRAM_CHAT_ID.";
const noPreview = { link_preview_options: { is_disabled: true } } as const;

export function telegramNotifier(settings: TelegramSettings): Notifier {
  const call = telegramCall(settings);
  const { chatId } = settings;
  return {
    channel: "telegram",

    async send(message) {
      const { text, ...shown } = shownAs(message);
      const options = { ...shown, ...noPreview, disable_notification: message.silent, protect_content: true };
      const sent = await call((api) => api.sendMessage(chatId, text, options), onBadRequest);
      return String(sent.message_id);
    },

    async edit(reference, message) {
      const { text, ...shown } = shownAs(message);
      await call(
        (api) =>
          api
            .editMessageText(chatId, Number(reference), text, { ...shown, ...noPreview })
            .catch(unlessRefusedWith("message is not modified")),
        "The message is gone.",
      );
    },

    async remove(reference) {
      await call(
        (api) =>
          api.deleteMessage(chatId, Number(reference)).catch(
            unlessRefusedWith(
              "message to delete not found",
              // Older than 48 hours: Telegram lets it stand for good, and nobody is misled by a message of days ago.
              "message can't be deleted",
            ),
          ),
        onBadRequest,
      );
    },

    async check() {
      const [me, chat] = await call((api) => Promise.all([api.getMe(), api.getChat(chatId)]), onBadRequest);
      return `@${me.username} reaches the ${chat.type} chat.`;
    },
  };
}

/** The page to open first, then what can be answered. An edit without a keyboard takes the buttons away. */
function shownAs({ text, entities, action, buttons = [] }: ChatMessage) {
  // Telegram refuses buttons that lead to this machine ("Wrong HTTP URL"); there the link stands in the text.
  const isButton = action !== null && isPublic(action.url);
  const shown = telegramText(text, entities, action === null || isButton ? "" : `\n\n${action.label}: ${action.url}`);
  const rows: InlineKeyboardButton[][] = [
    ...(isButton ? [[{ text: action.label, url: action.url }]] : []),
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

function isPublic(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return protocol === "https:" && hostname.includes(".") && !/^[\d.]+$/.test(hostname);
}
