// Fetches what was written and tapped, where Telegram can't bring it: on a laptop. grammY's own loop is not used, since it
// would silently end the delivery of a bot that also runs elsewhere.
import { setTimeout as pause } from "node:timers/promises";
import type { Api } from "grammy/web";
import type { Secret } from "../domain/secret.ts";
import type { Log } from "../ports.ts";
import { type ReceiveUpdate, updateKinds } from "./receive-update.ts";

export interface PollingSettings {
  readonly botToken: Secret;
  /** Null for Telegram itself. */
  readonly apiRoot: string | null;
  /** Tells the person at the terminal; each trouble once. */
  readonly tell: (sentence: string) => void;
  /** How long to wait after the first failure; twice as long after each further one, to the longest. */
  readonly backoff?: { readonly firstMs: number; readonly longestMs: number };
}

export interface Polling {
  /** Resolves when the update that is being answered is, and nothing is fetched any more. */
  stop(): Promise<void>;
}

type Trouble = "webhook-set" | "other-program" | "token-refused" | "telegram-unreachable" | "not-received";

/** Telegram holds the answer back so long; connections of a minute without a byte are cut on the way. */
const pollSeconds = 25;
const callTimeoutSeconds = pollSeconds + 10;
const usualBackoff = { firstMs: 1000, longestMs: 30_000 };

export function startPolling(receive: ReceiveUpdate, settings: PollingSettings, log: Log): Polling {
  const { botToken, apiRoot, tell, backoff = usualBackoff } = settings;
  const stopping = new AbortController();
  const { signal } = stopping;
  const said = new Set<Trouble>();
  let failures = 0;
  /** The first update that is not yet taken: asking for it confirms those before. */
  let offset = 0;

  async function takeNext(api: Api): Promise<void> {
    const asked = { offset, timeout: pollSeconds, allowed_updates: updateKinds };
    const updates = await api.getUpdates(asked);
    for (const update of updates) {
      if (signal.aborted) return;
      // One after the other: in a chat the order counts. What can't be taken now is fetched again.
      // oxlint-disable-next-line no-await-in-loop
      await receive(update);
      offset = update.update_id + 1;
    }
    failures = 0;
  }

  /** grammY takes a signal with each call, but not one of this platform's own kind. */
  const abortable: typeof fetch = (input, init) =>
    fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([signal, init.signal]) : signal });

  async function run(): Promise<void> {
    const grammy = await import("grammy/web");
    const api = new grammy.Api(botToken.reveal(), {
      timeoutSeconds: callTimeoutSeconds,
      fetch: abortable,
      ...(apiRoot === null ? {} : { apiRoot }),
    });
    while (!signal.aborted)
      try {
        // oxlint-disable-next-line no-await-in-loop -- a loop by nature
        await takeNext(api);
      } catch (error) {
        if (signal.aborted) return;
        const refusal = error instanceof grammy.GrammyError ? error : null;
        const trouble = troubleOf(refusal, error instanceof grammy.HttpError);
        // oxlint-disable-next-line no-await-in-loop
        await report(trouble, error, api);
        // A token does not get better.
        if (trouble === "token-refused") return;
        const wished = (refusal?.parameters.retry_after ?? 0) * 1000;
        const usual = Math.min(backoff.firstMs * 2 ** failures, backoff.longestMs);
        failures += 1;
        // oxlint-disable-next-line no-await-in-loop
        await pause(Math.max(wished, usual), undefined, { signal }).catch(() => {});
      }
  }

  async function report(trouble: Trouble, error: unknown, api: Api): Promise<void> {
    if (trouble === "not-received") return log.error("telegram-polling-failed", { reason: trouble, error });
    if (said.has(trouble)) return;
    said.add(trouble);
    log.warn("telegram-polling-failed", { reason: trouble });
    const sentence = sentences[trouble];
    if (sentence !== null) tell(sentence(trouble === "webhook-set" ? await webhookOf(api) : ""));
  }

  const running = run().catch((error: unknown) => log.error("telegram-polling-ended", { error }));
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function webhookOf(api: Api): Promise<string> {
  try {
    return (await api.getWebhookInfo()).url || "elsewhere";
  } catch {
    return "elsewhere";
  }
}

function troubleOf(refusal: { error_code: number; description: string } | null, isHttp: boolean): Trouble {
  if (refusal === null) return isHttp ? "telegram-unreachable" : "not-received";
  if (refusal.error_code === 401 || refusal.error_code === 404) return "token-refused";
  if (refusal.error_code !== 409) return "telegram-unreachable";
  return /webhook/i.test(refusal.description) ? "webhook-set" : "other-program";
}

const ownBot = "give this machine a bot of its own (BotFather, /newbot)";

/** Null where nobody has to do anything. */
const sentences: Record<Exclude<Trouble, "not-received">, ((webhook: string) => string) | null> = {
  "webhook-set": (webhook) =>
    [
      `Messages: what you write to the bot does not arrive here. Telegram delivers it to ${webhook}, and that stays so.`,
      `If Prebell runs there, ${ownBot}; reminders from here still arrive. If nothing runs there any more:`,
      "curl https://api.telegram.org/bot$TELEGRAM_BOT_TOKEN/deleteWebhook",
    ].join("\n"),
  "other-program": () =>
    `Messages: another program fetches what you write to the bot; the two take it from each other. Stop it, or ${ownBot}.`,
  "token-refused": () =>
    "Messages: Telegram refuses the bot's token, so nothing you write to the bot arrives. Check TELEGRAM_BOT_TOKEN and start again.",
  "telegram-unreachable": null,
};
