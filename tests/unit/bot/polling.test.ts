import type { Update } from "grammy/types";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Polling, startPolling } from "../../../server/bot/polling.ts";
import { receiveUpdate } from "../../../server/bot/receive-update.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { RecordStore } from "../../../server/ports.ts";
import { askTelegram } from "../../support/telegram-ends.ts";
import { startTelegramServer, type TelegramServer } from "../../support/telegram-server.ts";
import { aWorkbench, type Workbench } from "../use-cases/workbench.ts";

let telegram: TelegramServer;
let bench: Workbench;
let polling: Polling;
/** The texts whose handling began, and ended, in order. */
let begun: string[];
let handled: string[];
/** What the handling of the next updates waits for. */
let slowly: Promise<void>;
let told: string[];
/** Met by the next looks into the store. */
let outages: (Error | null)[];

const me = () => telegram.user();
const reasons = () =>
  bench.logged.filter(({ event }) => event === "telegram-polling-failed").map((l) => l.fields.reason);

async function handle({ message }: Update): Promise<void> {
  begun.push(message?.text ?? "");
  await slowly;
  handled.push(message?.text ?? "");
  if (message?.text === "poison") throw new Error("It can't be handled.");
}

function poll(token = telegram.env.TELEGRAM_BOT_TOKEN): Polling {
  const settings = {
    botToken: new Secret(token),
    apiRoot: telegram.env.TELEGRAM_API_ROOT,
    tell: (sentence: string) => void told.push(sentence),
    backoff: { firstMs: 1, longestMs: 5 },
  };
  const records: Pick<RecordStore, "commit"> = {
    async commit(change) {
      const outage = outages.shift();
      if (outage) throw outage;
      return bench.stores.records.commit(change);
    },
  };
  const receive = receiveUpdate({ records, log: bench.deps.log }, handle, async () => true);
  polling = startPolling(receive, settings, bench.deps.log);
  return polling;
}

beforeEach(async () => {
  telegram = await startTelegramServer();
  bench = aWorkbench();
  begun = [];
  handled = [];
  told = [];
  outages = [];
  slowly = Promise.resolve();
});

afterEach(async () => {
  await polling.stop();
  expect(telegram.faults).toEqual([]);
});

describe("what is written", () => {
  it("is handled in order, what waited since before the start too, and confirmed", async () => {
    me().write("one");
    me().write("two");
    poll();
    await expect.poll(() => handled).toEqual(["one", "two"]);
    me().write("three");
    await telegram.delivered();
    expect(handled).toEqual(["one", "two", "three"]);
  });

  it("is confirmed only when it was handled", async () => {
    const slow = Promise.withResolvers<void>();
    slowly = slow.promise;
    me().write("one");
    poll();
    await expect.poll(() => begun).toEqual(["one"]);
    expect(telegram.updates.pending()).toBe(1);
    slow.resolve();
    await telegram.delivered();
    expect(handled).toEqual(["one"]);
  });

  it("and handled, but not confirmed before the end, is not handled again after the next start", async () => {
    me().write("one");
    poll();
    await telegram.delivered();
    await polling.stop();
    telegram.updates.repeatLast();
    me().write("two");
    poll();
    await telegram.delivered();
    expect(handled).toEqual(["one", "two"]);
  });

  it("and breaks the bot does not keep what comes after it", async () => {
    me().write("poison");
    me().write("two");
    poll();
    await telegram.delivered();
    expect(handled).toEqual(["poison", "two"]);
  });

  it("while the store is away is fetched again until it can be taken, and then handled once", async () => {
    outages = [null, new Error("away"), new Error("away")];
    me().write("one");
    me().write("two");
    poll();
    await telegram.delivered();
    expect([handled, bench.logged.length]).toEqual([["one", "two"], 2]);
  });
});

describe("Telegram in trouble", () => {
  it("is asked again, and said to be unreachable once", async () => {
    telegram.troubleNextPolls(500, "drop", 500, { retryAfter: 0 });
    poll();
    me().write("one");
    await telegram.delivered();
    expect([handled, reasons(), told]).toEqual([["one"], ["telegram-unreachable"], []]);
  });

  it("refuses the token: the person is told, and nothing is asked any more", async () => {
    poll("110201543:AAcanaryCanaryCanaryCanaryCanaryCana");
    await expect.poll(() => told).toEqual([expect.stringContaining("Check TELEGRAM_BOT_TOKEN")]);
    const polls = telegram.polls();
    await polling.stop();
    expect([telegram.polls(), told.join().includes("canary")]).toEqual([polls, false]);
  });
});

describe("updates that go elsewhere", () => {
  it("by a webhook: the person is told where and how to end it, once, and it is left as it is", async () => {
    const url = "https://prebell-k2x.a.run.app/telegram/webhook";
    await askTelegram(telegram, "setWebhook", { url });
    poll();
    await expect.poll(() => telegram.polls()).toBeGreaterThan(3);
    expect(told).toEqual([expect.stringContaining(url)]);
    expect(told[0]).toContain("deleteWebhook");
    expect([telegram.settings.webhook().url, reasons()]).toEqual([url, ["webhook-set"]]);
    expect(told.join()).not.toContain(telegram.env.TELEGRAM_BOT_TOKEN);
    await askTelegram(telegram, "deleteWebhook", {});
    me().write("one");
    await expect.poll(() => handled).toEqual(["one"]);
  });

  it("to another program: the person is told, once", async () => {
    poll();
    await expect.poll(() => telegram.polls()).toBe(1);
    for (let round = 0; round < 3; round += 1) {
      const before = telegram.polls();
      // oxlint-disable-next-line no-await-in-loop -- the two take turns
      await askTelegram(telegram, "getUpdates", { timeout: 0 });
      // oxlint-disable-next-line no-await-in-loop
      await expect.poll(() => telegram.polls()).toBeGreaterThan(before + 1);
    }
    expect([told, reasons()]).toEqual([[expect.stringContaining("another program")], ["other-program"]]);
  });
});

describe("the end", () => {
  it("comes at once while nothing is written", async () => {
    poll();
    await expect.poll(() => telegram.polls()).toBe(1);
    const begin = performance.now();
    await polling.stop();
    expect(performance.now() - begin).toBeLessThan(1000);
  });

  it("waits for the answer that is being given, and leaves the rest for the next start", async () => {
    const slow = Promise.withResolvers<void>();
    slowly = slow.promise;
    me().write("one");
    me().write("two");
    poll();
    await expect.poll(() => begun).toEqual(["one"]);
    const stopping = polling.stop();
    slow.resolve();
    await stopping;
    expect(handled).toEqual(["one"]);
    expect(telegram.updates.pending()).toBe(2);
  });
});
