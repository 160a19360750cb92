// How the Bot API the other tests run against brings updates: as Telegram does, with its repetitions, its order and its limits.
import type { Update } from "grammy/types";
import { beforeEach, describe, expect, it } from "vitest";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { askTelegram, startWebhookEar, type WebhookEar } from "../support/telegram-ends.ts";

let telegram: TelegramServer;

beforeEach(async () => {
  telegram = await startTelegramServer();
});

const ask = <T>(method: string, body: object) => askTelegram<T>(telegram, method, body);
const owner = () => telegram.user();

const fetchUpdates = async (body: object) => {
  const answer = await ask<Update[]>("getUpdates", body);
  return { ...answer, ids: (answer.result ?? []).map((update) => update.update_id) };
};

describe("long polling", () => {
  it("brings an update until a higher offset confirms it", async () => {
    owner().write("one");
    owner().write("two");
    const { ids } = await fetchUpdates({});
    expect(ids).toHaveLength(2);
    expect((await fetchUpdates({})).ids).toEqual(ids);
    expect((await fetchUpdates({ offset: ids[1] })).ids).toEqual([ids[1]]);
    expect((await fetchUpdates({ offset: (ids[1] ?? 0) + 1 })).ids).toEqual([]);
    telegram.updates.repeatLast();
    expect((await fetchUpdates({})).ids).toEqual([ids[1]]);
  });

  it("answers when something comes", async () => {
    const polling = fetchUpdates({ timeout: 30 });
    await expect.poll(() => telegram.polls()).toBe(1);
    owner().write("now");
    expect((await polling).ids).toHaveLength(1);
  });

  it("is for one program alone, and only without a webhook", async () => {
    const first = fetchUpdates({ timeout: 30 });
    await expect.poll(() => telegram.polls()).toBe(1);
    const second = fetchUpdates({ timeout: 30 });
    expect((await first).verdict).toBe(
      "409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    );
    await ask("setWebhook", { url: "https://prebell.example/telegram/webhook" });
    expect((await second).verdict).toBe("409 Conflict: terminated by setWebhook request");
    expect((await fetchUpdates({})).verdict).toContain("409 Conflict: can't use getUpdates method");
  });

  it("brings only the kinds asked for", async () => {
    await fetchUpdates({ allowed_updates: ["callback_query"] });
    owner().write("unheard");
    owner().forge({ data: "x" });
    expect((await fetchUpdates({})).ids).toHaveLength(1);
  });
});

describe("a webhook", () => {
  let ear: WebhookEar;
  const texts = () => ear.heard.map(({ update }) => update.message?.text ?? "tap");

  beforeEach(async () => {
    ear = await startWebhookEar();
    telegram.deliverTo(ear.url, "the-secret");
  });

  it("gets each update with the secret, under rising ids", async () => {
    owner().write("one");
    owner().write("two");
    await telegram.delivered();
    expect(ear.heard.map(({ secret, path }) => [secret, path])).toEqual([
      ["the-secret", "/telegram/webhook"],
      ["the-secret", "/telegram/webhook"],
    ]);
    const [first, second] = ear.heard.map(({ update }) => update.update_id);
    expect(second).toBe((first ?? 0) + 1);
  });

  it("that refuses gets the same update again, before any other of that chat, while other chats go on", async () => {
    ear.answerNext(500);
    owner().write("one");
    owner().write("two");
    await expect.poll(texts).toEqual(["one"]);
    telegram.user(42).write("from another chat");
    await expect.poll(texts).toEqual(["one", "from another chat"]);
    expect(telegram.updates.pending()).toBe(2);
    telegram.updates.redeliverNow();
    await telegram.delivered();
    expect(texts()).toEqual(["one", "from another chat", "one", "two"]);
    expect((await ask("getWebhookInfo", {})).result).toMatchObject({
      pending_update_count: 0,
      last_error_message: "Wrong response from the webhook: 500 Internal Server Error",
    });
  });

  it("that stays away so long loses taps after 150 seconds, messages after a day", async () => {
    telegram.updates.hold();
    owner().write("one");
    owner().forge({ data: "x" });
    telegram.pass({ seconds: 151 });
    telegram.updates.release();
    await telegram.delivered();
    expect(texts()).toEqual(["one"]);
  });

  it("gets an update twice or out of order where a test wants it", async () => {
    owner().write("one");
    await telegram.delivered();
    telegram.updates.repeatLast();
    await telegram.delivered();
    telegram.updates.hold();
    owner().write("two");
    owner().write("three");
    telegram.updates.release("reversed");
    await telegram.delivered();
    expect(texts()).toEqual(["one", "one", "three", "two"]);
  });

  it("on a name that leads nowhere gets nothing, and Telegram says why", async () => {
    await ask("setWebhook", { url: "https://elsewhere.example/hook" });
    owner().write("one");
    await expect.poll(() => telegram.updates.lastFault()?.message).toContain("Failed to resolve host");
    expect(texts()).toEqual([]);
  });
});
