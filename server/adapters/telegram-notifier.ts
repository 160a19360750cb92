// Notifier over the Telegram Bot API. Parse modes are not used: the text is what is shown, its entities say how.
import type { ChatAction, ChatMessage, Notifier } from "../ports.ts";
import { type TelegramAccess, telegramCall, unlessRefusedWith } from "./telegram-api.ts";
import { telegramMessage } from "./telegram-message.ts";

export interface TelegramSettings extends TelegramAccess {
  /** The person's private chat. */
  readonly chatId: string;
}

const onBadRequest = "Check TELEGRAM_CHAT_ID.";
const noPreview = { link_preview_options: { is_disabled: true } } as const;

export function telegramNotifier(settings: TelegramSettings): Notifier {
  const call = telegramCall(settings);
  const { chatId } = settings;
  // A Mini App is for one person; in a group Telegram refuses its button.
  const put = (message: ChatMessage) =>
    telegramMessage(chatId.startsWith("-") ? { ...message, action: withoutMiniApp(message.action) } : message);
  return {
    channel: "telegram",

    async send(message) {
      const { text, ...shown } = put(message);
      const options = { ...shown, ...noPreview, disable_notification: message.silent, protect_content: true };
      const sent = await call((api) => api.sendMessage(chatId, text, options), onBadRequest);
      return String(sent.message_id);
    },

    async edit(reference, message) {
      const { text, ...shown } = put(message);
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
      // A chat is described also where its person blocked the bot; whether the bot may write shows when it is about to. In an
      // open chat it stands there as typing for five seconds; nothing rings and nothing stays.
      const [me, chat] = await call(
        (api) => Promise.all([api.getMe(), api.getChat(chatId), api.sendChatAction(chatId, "typing")]),
        onBadRequest,
      );
      return `@${me.username} reaches the ${chat.type} chat.`;
    },
  };
}

function withoutMiniApp(action: ChatAction | null): ChatAction | null {
  return action === null ? null : { label: action.label, url: action.url };
}
