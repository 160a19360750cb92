// The one way to call the Bot API: grammY (its build for fetch, which a bundle can hold), loaded at the first call; refusals in
// words that hold neither token nor text.
import type { Api } from "grammy/web";
import type { Secret } from "../domain/secret.ts";
import { DeliveryError } from "../ports.ts";

export interface TelegramAccess {
  readonly botToken: Secret;
  /** Null for Telegram itself. */
  readonly apiRoot: string | null;
}

/** Rejects with `DeliveryError`. `onBadRequest` is what helps if Telegram refuses the arguments. */
export type TelegramCall = <T>(work: (api: Api) => Promise<T>, onBadRequest: string) => Promise<T>;

const callTimeoutSeconds = 10;

export function telegramCall({ botToken, apiRoot }: TelegramAccess): TelegramCall {
  let api: Promise<Api> | null = null;

  async function connect(): Promise<Api> {
    const grammy = await import("grammy/web");
    return new grammy.Api(botToken.reveal(), {
      timeoutSeconds: callTimeoutSeconds,
      ...(apiRoot === null ? {} : { apiRoot }),
    });
  }

  return async (work, onBadRequest) => {
    api ??= connect();
    const connected = await api;
    try {
      return await work(connected);
    } catch (error) {
      throw await deliveryError(error, onBadRequest);
    }
  };
}

/** Keeps Telegram's own sentence and its wish to wait; never the error itself, which carries token and text. */
async function deliveryError(error: unknown, onBadRequest: string): Promise<DeliveryError> {
  const { GrammyError } = await import("grammy/web");
  if (!(error instanceof GrammyError)) return new DeliveryError("Telegram can't be reached.");
  const { error_code: code, description, parameters } = error;
  return new DeliveryError(`Telegram refused: ${code} ${description}. ${remedy(code, onBadRequest)}`, {
    retryAfterSeconds: parameters.retry_after ?? null,
    permanent: permanentCodes.has(code),
  });
}

/** The same call is refused the same way: wrong arguments, a wrong token, somebody who blocked the bot or left. */
const permanentCodes: ReadonlySet<number> = new Set([400, 401, 403, 404]);

/** For `catch`: swallows a refusal that begins with one of these sentences, since what was wanted is so already. */
export function unlessRefusedWith(...sentences: readonly string[]): (error: unknown) => void {
  return (error) => {
    const said = error instanceof Error && "description" in error ? String(error.description) : "";
    if (!sentences.some((sentence) => said.startsWith(`Bad Request: ${sentence}`))) throw error;
  };
}

function remedy(code: number, onBadRequest: string): string {
  switch (code) {
    case 401:
    case 404:
      return "Check TELEGRAM_BOT_TOKEN.";
    case 400:
      return onBadRequest;
    case 403:
      return "Open the bot in Telegram and press Start.";
    case 409:
      return "The bot's messages already go somewhere else.";
    case 429:
      return "It is tried again after the wait Telegram asks for.";
    default:
      return "It is tried again.";
  }
}
