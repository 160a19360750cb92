// The bot's own settings at Telegram: who it is, who wrote to it, where its messages are delivered, its command menu.
import type { Secret } from "../domain/secret.ts";
import { type TelegramAccess, telegramCall } from "./telegram-api.ts";

export interface TelegramChat {
  readonly id: string;
  /** As the other side calls itself: anybody may write to a bot under any name. */
  readonly name: string;
}

/** Every method makes a real call and rejects with `DeliveryError`. */
export interface TelegramBot {
  /** "@prebell_bot" */
  name(): Promise<string>;
  /** What kind of chat it is; rejects if the bot may not write there. */
  chatKind(chatId: string): Promise<string>;
  /** The private chats that wrote lately, the newest first. Only while nothing else fetches the bot's messages. */
  recentChats(): Promise<readonly TelegramChat[]>;
  /** Has updates of these kinds delivered to this https address, proven by the secret. Safe to repeat. */
  deliverTo(url: string, secret: Secret, kinds: readonly UpdateKind[]): Promise<void>;
  /** Replaces the command menu. Safe to repeat. */
  offerCommands(commands: readonly BotCommand[]): Promise<void>;
  /** Puts the Mini App under the button beside the field where people write, in every private chat. Safe to repeat. */
  offerMiniApp(label: string, url: string): Promise<void>;
  /** Where it delivers by its own account; an empty `url` if it was never told. */
  webhook(): Promise<{
    readonly url: string;
    readonly pending: number;
    readonly lastError: { readonly text: string; readonly at: Temporal.Instant } | null;
  }>;
}

export interface BotCommand {
  readonly command: string;
  readonly description: string;
}

export type UpdateKind = "message" | "callback_query" | "my_chat_member";

export function telegramBot(access: TelegramAccess): TelegramBot {
  const call = telegramCall(access);
  return {
    async name() {
      const me = await call((api) => api.getMe(), "Check TELEGRAM_BOT_TOKEN.");
      return `@${me.username}`;
    },

    async chatKind(chatId) {
      const chat = await call(
        (api) => api.getChat(chatId),
        "Open the bot in Telegram, press Start, and check the chat's number.",
      );
      return chat.type;
    },

    async recentChats() {
      const updates = await call(
        (api) => api.getUpdates({ limit: 100, timeout: 0 }),
        "Type the chat's number instead.",
      );
      const chats = new Map<string, TelegramChat>();
      for (const { message } of updates.toReversed())
        if (message?.chat.type === "private" && !chats.has(String(message.chat.id)))
          chats.set(String(message.chat.id), {
            id: String(message.chat.id),
            name: printable([message.chat.first_name, message.chat.last_name ?? ""].join(" ")),
          });
      return [...chats.values()];
    },

    async deliverTo(url, secret, kinds) {
      await call(
        (api) => api.setWebhook(url, { secret_token: secret.reveal(), allowed_updates: kinds }),
        "The address has to be reachable from the internet over https: deploy first.",
      );
    },

    async offerCommands(commands) {
      await call((api) => api.setMyCommands(commands), "The command menu is wrong; update Prebell.");
    },

    async offerMiniApp(label, url) {
      const menu_button = { type: "web_app", text: label, web_app: { url } } as const;
      await call(
        (api) => api.setChatMenuButton({ menu_button }),
        "The page has to be at an https address that Telegram can open.",
      );
    },

    async webhook() {
      const info = await call((api) => api.getWebhookInfo(), "Run it again.");
      const { last_error_date: seconds, last_error_message: text } = info;
      return {
        url: info.url ?? "",
        pending: info.pending_update_count,
        lastError:
          seconds === undefined
            ? null
            : { text: text ?? "no reason given", at: Temporal.Instant.fromEpochMilliseconds(seconds * 1000) },
      };
    },
  };
}

/** Strangers choose their names: nothing of them may steer a terminal. */
function printable(name: string): string {
  return name
    .replaceAll(/[\p{C}\p{Z}]+/gu, " ")
    .trim()
    .slice(0, 64);
}
