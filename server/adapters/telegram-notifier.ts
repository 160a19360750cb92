// Notifier over the Telegram Bot API. Entities and parse modes are not used: the text is what is shown.
import type { Notifier } from "../ports.ts";
import { type TelegramAccess, telegramCall } from "./telegram-api.ts";

export interface TelegramSettings extends TelegramAccess {
  /** The owner's chat. */
  readonly chatId: string;
}

const onBadRequest = "Check TELEGRAM_CHAT_ID.";

export function telegramNotifier(settings: TelegramSettings): Notifier {
  const call = telegramCall(settings);
  return {
    channel: "telegram",

    async send({ text, action, silent }) {
      // Telegram refuses buttons that lead to this machine ("Wrong HTTP URL"); there the link stands in the text.
      const button = action !== null && isPublic(action.url) ? action : null;
      const withLink = action !== null && button === null ? `${text}\n\n${action.label}: ${action.url}` : text;
      const sent = await call(
        (api) =>
          api.sendMessage(settings.chatId, withLink, {
            disable_notification: silent,
            protect_content: true,
            link_preview_options: { is_disabled: true },
            ...(button === null
              ? {}
              : { reply_markup: { inline_keyboard: [[{ text: button.label, url: button.url }]] } }),
          }),
        onBadRequest,
      );
      return String(sent.message_id);
    },

    async check() {
      const [me, chat] = await call((api) => Promise.all([api.getMe(), api.getChat(settings.chatId)]), onBadRequest);
      return `@${me.username} reaches the ${chat.type} chat.`;
    },
  };
}

function isPublic(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return protocol === "https:" && hostname.includes(".") && !/^[\d.]+$/.test(hostname);
}
