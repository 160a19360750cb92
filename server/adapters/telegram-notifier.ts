// Notifier over the Telegram Bot API, by grammY. Entities and parse modes are not used: the text is what is shown.
import type { Api } from "grammy";
import type { Secret } from "../domain/secret.ts";
import { DeliveryError, type Notifier } from "../ports.ts";

export interface TelegramSettings {
  readonly botToken: Secret;
  /** The owner's chat. */
  readonly chatId: string;
  /** Null for Telegram itself. */
  readonly apiRoot: string | null;
}

const callTimeoutSeconds = 10;

export function telegramNotifier(settings: TelegramSettings): Notifier {
  let api: Promise<Api> | null = null;

  /** grammY is loaded at the first message, not at start. */
  async function connect(): Promise<Api> {
    const grammy = await import("grammy");
    return new grammy.Api(settings.botToken.reveal(), {
      timeoutSeconds: callTimeoutSeconds,
      ...(settings.apiRoot === null ? {} : { apiRoot: settings.apiRoot }),
    });
  }

  async function call<T>(work: (connected: Api) => Promise<T>): Promise<T> {
    api ??= connect();
    const connected = await api;
    try {
      return await work(connected);
    } catch (error) {
      throw await deliveryError(error);
    }
  }

  return {
    channel: "telegram",

    async send({ text, action, silent }) {
      // Telegram refuses buttons that lead to this machine ("Wrong HTTP URL"); there the link stands in the text.
      const button = action !== null && isPublic(action.url) ? action : null;
      const withLink = action !== null && button === null ? `${text}\n\n${action.label}: ${action.url}` : text;
      await call((connected) =>
        connected.sendMessage(settings.chatId, withLink, {
          disable_notification: silent,
          protect_content: true,
          link_preview_options: { is_disabled: true },
          ...(button === null
            ? {}
            : { reply_markup: { inline_keyboard: [[{ text: button.label, url: button.url }]] } }),
        }),
      );
    },

    async check() {
      const [me, chat] = await call((connected) =>
        Promise.all([connected.getMe(), connected.getChat(settings.chatId)]),
      );
      return `@${me.username} reaches the ${chat.type} chat.`;
    },
  };
}

function isPublic(url: string): boolean {
  const { hostname, protocol } = new URL(url);
  return protocol === "https:" && hostname.includes(".") && !/^[\d.]+$/.test(hostname);
}

/** Keeps Telegram's own sentence and its wish to wait; never the error itself, which carries token and text. */
async function deliveryError(error: unknown): Promise<DeliveryError> {
  const { GrammyError } = await import("grammy");
  if (!(error instanceof GrammyError)) return new DeliveryError("Telegram can't be reached.");
  return new DeliveryError(`Telegram refused: ${error.error_code} ${error.description}. ${remedy(error.error_code)}`, {
    retryAfterSeconds: error.parameters.retry_after ?? null,
  });
}

function remedy(code: number): string {
  switch (code) {
    case 401:
    case 404:
      return "Check TELEGRAM_BOT_TOKEN.";
    case 400:
      return "Check TELEGRAM_CHAT_ID.";
    case 403:
      return "Open the bot in Telegram and press Start.";
    case 429:
      return "It is tried again after the wait Telegram asks for.";
    default:
      return "It is tried again.";
  }
}
