import { describe, expect, it } from "vitest";
import { DeliveryError } from "../../../server/ports.ts";
import type { ChatWebhook } from "../../../server/use-cases/examine-telling.ts";
import { examineDailyProof } from "../../../server/use-cases/examine-telling.ts";
import { proveChannels } from "../../../server/use-cases/prove-channels.ts";
import { aPerson, at } from "../../support/builders.ts";
import { aChannelBench, chat, type ChannelBench, mail, second } from "./channel-bench.ts";

/** 08:00 and 08:15 in New York, on Tuesday 10 March 2026. */
const firstLook = at("2026-03-10T12:00:05Z");
const lastLook = at("2026-03-10T12:15:05Z");

const blocked = new DeliveryError("Telegram refused: 403 Forbidden.", { permanent: true });
const silent = new DeliveryError("The mail server did not answer in time; it is tried again.");

function before(people?: Parameters<typeof aChannelBench>[0]): ChannelBench {
  const bench = aChannelBench(people);
  bench.now = firstLook;
  return bench;
}

async function alarms({ stores }: ChannelBench) {
  const messages = await stores.outbox.messages(100);
  return messages.map(({ to, notice, passage }) => ({ to, notice, over: passage.channel })).toReversed();
}

const broken = { kind: "channel-broken", label: "Telegram chat ••21", sentence: blocked.message };

describe("proveChannels", () => {
  it("looks at every channel of everybody who is there, and sends nothing", async () => {
    const anna = aPerson({ id: "anna", channels: [second] });
    const gone = aPerson({ id: "gone", channels: [second], removedAt: firstLook });
    const bench = before([aPerson({ chatId: chat.chatId, channels: [mail] }), anna, gone]);
    await proveChannels(bench.deps);
    expect(bench.looked.toSorted()).toEqual(["mail", "second", "telegram"]);
    expect([bench.told, await alarms(bench)]).toEqual([[], []]);
    expect((await bench.person()).checks.map(({ channel, failure }) => [channel, failure])).toEqual([
      ["telegram", null],
      ["mail", null],
    ]);
  });

  it("looks once: not again while the morning's look is good, and not on a day without trading", async () => {
    const bench = before();
    await proveChannels(bench.deps);
    await proveChannels(bench.deps);
    bench.now = lastLook;
    await proveChannels(bench.deps);
    expect(bench.looked).toEqual(["telegram", "mail"]);
    bench.now = at("2026-03-14T12:00:05Z");
    await proveChannels(bench.deps);
    expect(bench.looked).toHaveLength(2);
  });

  it("of two runs at the same time one keeps what it found, and one alarm goes out", async () => {
    const bench = before();
    bench.broken.set("telegram", blocked);
    await Promise.all([proveChannels(bench.deps), proveChannels(bench.deps)]);
    expect(await alarms(bench)).toHaveLength(1);
    expect(bench.logged.filter(({ event }) => event === "channel-broken")).toHaveLength(1);
  });

  it("tells what is broken for good over the next channel, at once, and logs an error", async () => {
    const bench = before();
    bench.broken.set("telegram", blocked);
    await proveChannels(bench.deps);
    expect(await alarms(bench)).toEqual([{ to: "owner", notice: broken, over: "mail" }]);
    expect(bench.nudges).toBe(1);
    expect(bench.logged[0]).toMatchObject({
      level: "error",
      event: "channel-broken",
      fields: { call: "telegram", reason: "look" },
    });
    expect((await bench.person()).checks[0]).toMatchObject({ channel: "telegram", failure: blocked.message });
  });

  it("gives what may pass a quarter of an hour; told only if it has not passed by then", async () => {
    const bench = before();
    bench.broken.set("mail", silent);
    await proveChannels(bench.deps);
    expect(await alarms(bench)).toEqual([]);
    expect(bench.logged[0]).toMatchObject({ level: "warn", event: "channel-not-proven" });

    bench.now = lastLook;
    await proveChannels(bench.deps);
    expect(bench.looked).toEqual(["telegram", "mail", "mail"]);
    expect(await alarms(bench)).toMatchObject([{ notice: { label: "e-mail o••@example.com" }, over: "telegram" }]);
  });

  it("says nothing of what has passed by the second look", async () => {
    const bench = before();
    bench.broken.set("mail", silent);
    await proveChannels(bench.deps);
    bench.broken.clear();
    bench.now = lastLook;
    await proveChannels(bench.deps);
    expect(await alarms(bench)).toEqual([]);
    expect((await bench.person()).checks).toMatchObject([{ failure: null }, { failure: null }]);
  });

  it("does not repeat the alarm that a message already raised today", async () => {
    const bench = before();
    bench.broken.set("telegram", blocked);
    await bench.stores.records.commit({ claims: ["channel-broken/2026-03-10/owner/telegram"] });
    await proveChannels(bench.deps);
    expect(await alarms(bench)).toEqual([]);
    expect((await bench.person()).checks[0]?.failure).toBe(blocked.message);
  });

  it("with no channel left that works nothing is sent: the page and the log have to do", async () => {
    const bench = before([aPerson({ chatId: chat.chatId })]);
    bench.broken.set("telegram", blocked);
    await proveChannels(bench.deps);
    expect(await alarms(bench)).toEqual([]);
    expect(bench.logged[0]).toMatchObject({ level: "error", event: "channel-broken" });
  });

  it("a chat that brings no answers tells so itself where there is nothing else", async () => {
    const bench = before([aPerson({ chatId: chat.chatId })]);
    const chatAnswers = { webhook: async () => ({ url: "", pending: 0, lastError: null }), publicUrl: null };
    await proveChannels({ ...bench.deps, chatAnswers });
    expect(await alarms(bench)).toMatchObject([{ over: "telegram", notice: { isDeaf: true } }]);
  });

  it("keeps what the person changes meanwhile", async () => {
    const bench = before();
    const { notifierFor } = bench.deps;
    const changing = {
      ...bench.deps,
      notifierFor: (channel: Parameters<typeof notifierFor>[0]) => ({
        ...notifierFor(channel),
        check: async () => {
          const person = await bench.person();
          await bench.stores.records.commit({ person: { ...person, channels: [second], name: "Otto" } });
          return "It works.";
        },
      }),
    };
    await proveChannels(changing);
    expect(await bench.person()).toMatchObject({ name: "Otto", channels: [second], checks: [{ channel: "telegram" }] });
  });

  it.each<[string, ChatWebhook, string | null]>([
    ["here", { url: "https://prebell.example/telegram/webhook", pending: 0, lastError: null }, null],
    ["nowhere", { url: "", pending: 0, lastError: null }, "Telegram was never told where to deliver"],
    [
      "elsewhere",
      { url: "https://else.example/telegram/webhook", pending: 0, lastError: null },
      "not this installation",
    ],
  ])("asks Telegram where it delivers answers: %s", async (_where, webhook, sentence) => {
    const bench = before();
    const chatAnswers = { webhook: async () => webhook, publicUrl: "https://prebell.example" };
    await proveChannels({ ...bench.deps, chatAnswers });
    expect((await bench.person()).checks[0]?.failure ?? null).toEqual(
      sentence === null ? null : expect.stringContaining(sentence),
    );
    expect(await alarms(bench)).toEqual(
      sentence === null
        ? []
        : [{ to: "owner", over: "mail", notice: expect.objectContaining({ kind: "channel-broken", isDeaf: true }) }],
    );
  });
});

function examined({ deps }: ChannelBench) {
  return examineDailyProof(deps);
}

describe("the doctor on the daily proof", () => {
  it("says when it has not been made yet", async () => {
    expect(await examined(before())).toMatchObject({ verdict: "ok", sentence: expect.stringContaining("yet") });
  });

  it("says what it found, and whose channel is broken", async () => {
    const bench = before();
    await proveChannels(bench.deps);
    bench.now = lastLook;
    expect(await examined(bench)).toMatchObject({
      verdict: "ok",
      sentence: "All 2 channels were found in order, 15 min ago.",
    });

    const broke = before();
    broke.broken.set("telegram", blocked);
    await proveChannels(broke.deps);
    expect(await examined(broke)).toMatchObject({
      verdict: "fault",
      sentence: "Owner, Telegram chat ••21, less than a minute ago: Telegram refused: 403 Forbidden.",
    });
  });
});
