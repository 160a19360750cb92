// How updates leave the Bot API: in each chat one after the other, by webhook until the program takes them, or by long polling.
import type { Update } from "grammy/types";
import type { ApiAnswer, DeliveryFault, Webhook } from "./telegram-settings.ts";
import { settingsMethods } from "./telegram-settings.ts";

export interface UpdateQueue {
  /** Under the next update_id; not at all if the program did not ask for this kind. */
  push(chatId: number, content: Omit<Update, "update_id">): void;
  /** Undelivered updates. */
  pending(): number;
  lastFault(): DeliveryFault | null;
  /** Where a public origin ("https://prebell.example") leads on this machine; whatever is not named here can't be reached. */
  resolve(publicOrigin: string, localUrl: string): void;
  /** What waits for another try is tried at once, or forgotten. */
  redeliverNow(forget?: boolean): void;
  /** Brings the update that was taken last once more, as after an answer that got lost. */
  repeatLast(): void;
  /** Keeps everything back from now on; `release` brings it, in each chat the newest first if so wished. */
  hold(): void;
  release(order?: "reversed"): void;
  /** getUpdates: answers at once, or when something comes, or after the timeout. `hungUp` aborts when the caller is gone. */
  fetch(sent: unknown, hungUp: AbortSignal): Promise<ApiAnswer>;
  /** Ends a long poll, as setting a webhook does. */
  interrupt(): void;
}

interface Waiting {
  readonly update: Update;
  readonly chatId: number;
  readonly lapsesAt: Temporal.Instant;
  failures: number;
  tryAt: number;
}

/** The Bot API server's own numbers (tdlib/telegram-bot-api, Client.cpp and WebhookActor.cpp). */
const messageLife = { hours: 24 };
const callbackLife = { seconds: 150 };
const firstDelayMs = 1000;
const longestDelayMs = 60_000;

export function updateQueue(now: () => Temporal.Instant, webhook: () => Webhook): UpdateQueue {
  let lastId = 912_406_180;
  let waiting: Waiting[] = [];
  let held = false;
  let lastTaken: Waiting | null = null;
  let fault: DeliveryFault | null = null;
  let polling: { answer: (answer: ApiAnswer) => void } | null = null;
  let pollKinds: readonly string[] = [];
  const busy = new Set<number>();
  const origins = new Map<string, string>();

  const expire = () => {
    waiting = waiting.filter(({ lapsesAt }) => Temporal.Instant.compare(now(), lapsesAt) < 0);
  };

  /** Each chat's oldest, where nothing is on its way: what fails blocks what comes after it, in its own chat only. */
  function deliver(): void {
    if (held || webhook().url === "") return;
    expire();
    const seen = new Set<number>(busy);
    for (const each of waiting) {
      if (seen.has(each.chatId)) continue;
      seen.add(each.chatId);
      const wait = each.tryAt - performance.now();
      if (wait <= 0) void attempt(each);
      else setTimeout(deliver, wait).unref();
    }
  }

  async function attempt(each: Waiting): Promise<void> {
    busy.add(each.chatId);
    const failure = await post(each.update);
    busy.delete(each.chatId);
    if (failure === null) {
      waiting = waiting.filter((other) => other !== each);
      lastTaken = each;
    } else {
      each.failures += 1;
      const delay = failure.retryAfterMs ?? Math.min(firstDelayMs * 2 ** (each.failures - 1), longestDelayMs);
      each.tryAt = performance.now() + delay;
      fault = { message: failure.message, at: now() };
    }
    deliver();
  }

  async function post(update: Update): Promise<{ message: string; retryAfterMs: number | null } | null> {
    const { url, secret } = webhook();
    const { origin, pathname } = new URL(url);
    const local = origins.get(origin);
    if (local === undefined)
      return { message: "Failed to resolve host: Name or service not known", retryAfterMs: null };
    try {
      const response = await fetch(local + pathname, {
        method: "POST",
        redirect: "manual",
        headers: {
          "content-type": "application/json",
          ...(secret === null ? {} : { "x-telegram-bot-api-secret-token": secret }),
        },
        body: JSON.stringify(update),
      });
      await response.arrayBuffer();
      if (response.ok) return null;
      const wish = Number(response.headers.get("retry-after") ?? Number.NaN);
      return {
        message: `Wrong response from the webhook: ${response.status} ${response.statusText}`,
        retryAfterMs: Number.isFinite(wish) ? Math.min(wish, 3600) * 1000 : null,
      };
    } catch {
      return { message: "Connection refused", retryAfterMs: null };
    }
  }

  function flush(): void {
    deliver();
    if (polling !== null && !held && waiting.length > 0) {
      const { answer } = polling;
      polling = null;
      answer({ result: waiting.map(({ update }) => update) });
    }
  }

  function interrupt(by: string): void {
    polling?.answer({ status: 409, description: `Conflict: terminated by ${by}` });
    polling = null;
  }

  return {
    push(chatId, content) {
      const kinds = webhook().url === "" ? pollKinds : webhook().allowedUpdates;
      if (kinds.length > 0 && !kinds.some((kind) => kind in content)) return;
      lastId += 1;
      const life = "callback_query" in content ? callbackLife : messageLife;
      const update = { update_id: lastId, ...content };
      waiting.push({ update, chatId, lapsesAt: now().add(life), failures: 0, tryAt: 0 });
      flush();
    },
    pending: () => waiting.length,
    lastFault: () => fault,
    resolve: (publicOrigin, localUrl) => void origins.set(publicOrigin, localUrl),
    redeliverNow(forget = false) {
      if (forget) waiting = [];
      for (const each of waiting) each.tryAt = 0;
      flush();
    },
    repeatLast() {
      if (lastTaken === null) throw new Error("No update was taken yet.");
      waiting.unshift({ ...lastTaken, lapsesAt: now().add(messageLife), failures: 0, tryAt: 0 });
      flush();
    },
    hold() {
      held = true;
    },
    release(order) {
      held = false;
      if (order === "reversed") waiting.reverse();
      flush();
    },
    interrupt: () => interrupt("setWebhook request"),
    async fetch(sent, hungUp) {
      const { offset = 0, limit = 100, timeout = 0, allowed_updates: kinds } = settingsMethods.getUpdates.parse(sent);
      if (webhook().url !== "")
        return {
          status: 409,
          description:
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        };
      interrupt("other getUpdates request; make sure that only one bot instance is running");
      pollKinds = kinds ?? pollKinds;
      expire();
      if (offset < 0) waiting = waiting.slice(offset);
      lastTaken = waiting.findLast(({ update }) => update.update_id < offset) ?? lastTaken;
      if (offset > 0) waiting = waiting.filter(({ update }) => update.update_id >= offset);
      const ready = () => waiting.slice(0, limit).map(({ update }) => update);
      if ((waiting.length > 0 && !held) || timeout === 0) return { result: held ? [] : ready() };
      const answered = Promise.withResolvers<ApiAnswer>();
      const poll = { answer: answered.resolve };
      polling = poll;
      const giveUp = () => {
        if (polling === poll) polling = null;
        answered.resolve({ result: [] });
      };
      const timer = setTimeout(giveUp, timeout * 1000).unref();
      hungUp.addEventListener("abort", giveUp);
      return answered.promise.finally(() => clearTimeout(timer));
    },
  };
}
