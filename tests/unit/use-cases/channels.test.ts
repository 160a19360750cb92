import { describe, expect, it } from "vitest";
import { DeliveryError } from "../../../server/ports.ts";
import { addChannel } from "../../../server/use-cases/add-channel.ts";
import { orderChannels } from "../../../server/use-cases/order-channels.ts";
import { removeChannel } from "../../../server/use-cases/remove-channel.ts";
import { testChannel } from "../../../server/use-cases/test-channel.ts";
import { aPerson } from "../../support/builders.ts";
import { aChannelBench, type ChannelBench, chat, mail, second } from "./channel-bench.ts";

const refused = new DeliveryError("Discord refused with 404; the webhook is gone or wrong.", { permanent: true });
const silent = new DeliveryError("The mail server did not answer in time; it is tried again.");
const topic = (name: string) => ({ kind: "ntfy", topic: name });

const browser = (auth: string) => ({
  kind: "web-push",
  endpoint: "https://fcm.googleapis.com/fcm/send/one",
  p256dh: `B${"a".repeat(86)}`,
  auth,
});

async function journalOf({ stores }: ChannelBench) {
  return (await stores.records.journal(10)).map(({ kind, text }) => `${kind}: ${text}`);
}

describe("adding a channel", () => {
  it("puts it last, with the proof that it was looked at, and a line in the journal without its secret", async () => {
    const bench = aChannelBench();
    const result = await addChannel(bench.deps, "owner", topic("bell-k3J9xQ"));
    const person = await bench.person();
    expect(result).toMatchObject({ outcome: "added", person });
    const [, added] = person.channels;
    expect(person.channels).toMatchObject([mail, { kind: "ntfy" }]);
    expect(person.checks).toMatchObject([{ channel: added?.id, by: "look", failure: null }]);
    expect(await journalOf(bench)).toEqual(["channel-added: Owner added ntfy topic ••9xQ."]);
    expect(bench.told).toEqual([]);
  });

  it("a second time changes nothing but what is new of it: a browser may renew its keys", async () => {
    const bench = aChannelBench();
    await addChannel(bench.deps, "owner", browser("a".repeat(22)));
    await addChannel(bench.deps, "owner", browser("b".repeat(22)));
    const [, push, ...more] = (await bench.person()).channels;
    expect(more).toEqual([]);
    expect(push?.kind === "web-push" && push.auth.reveal()).toBe("b".repeat(22));
    expect(await journalOf(bench)).toHaveLength(1);
  });

  it.each([
    ["a chat of somebody's choice", { kind: "telegram", chatId: "1" }, "Telegram by writing to the bot"],
    ["the page", { kind: "panel" }, "are added here"],
    ["a server within the network", { ...topic("bell"), server: "https://10.0.0.1" }, "public https address"],
    ["an address that is none", { kind: "email", address: "owner" }, "name@example.com"],
  ])("refuses %s", async (_what, given, sentence) => {
    const bench = aChannelBench();
    expect(await addChannel(bench.deps, "owner", given)).toEqual({
      outcome: "malformed",
      sentence: expect.stringContaining(sentence),
    });
    expect([bench.looked, (await bench.person()).channels]).toEqual([[], [mail]]);
  });

  it("refuses what the service itself refuses; takes what is only silent, and remembers that", async () => {
    const bench = aChannelBench();
    const adding = async (error: Error) => {
      const deps = { ...bench.deps, notifierFor: () => ({ channel: "ntfy", send: fail, check: fail }) as const };
      function fail(): Promise<never> {
        return Promise.reject(error);
      }
      return addChannel(deps, "owner", topic("bell"));
    };
    expect(await adding(refused)).toEqual({ outcome: "unreachable", sentence: refused.message });
    expect(await adding(silent)).toMatchObject({ outcome: "added" });
    expect((await bench.person()).checks).toMatchObject([{ failure: silent.message }]);
  });

  it("stops at ten", async () => {
    const bench = aChannelBench([
      aPerson({ channels: Array.from({ length: 10 }, (_, index) => ({ ...mail, id: `${index}` })) }),
    ]);
    expect(await addChannel(bench.deps, "owner", topic("bell"))).toEqual({ outcome: "too-many" });
    expect((await bench.person()).channels).toHaveLength(10);
  });
});

describe("removing a channel", () => {
  it("takes it out of the order and of what is known, and leaves the rest", async () => {
    const bench = aChannelBench([aPerson({ chatId: chat.chatId, channels: [mail, second] })]);
    await orderChannels(bench.deps, "owner", { order: ["mail", "telegram", "second"] });
    await testChannel(bench.deps, "owner", "mail");
    expect(await removeChannel(bench.deps, "owner", "mail")).toMatchObject({ outcome: "removed" });
    const { channels, wishes, checks } = await bench.person();
    expect({ channels, order: wishes.order, checks }).toEqual({
      channels: [second],
      order: ["telegram", "second"],
      checks: [],
    });
    expect((await journalOf(bench))[0]).toBe("channel-removed: Owner removed e-mail o••@example.com.");
  });

  it("refuses the chat and what the configuration names, and knows no others'", async () => {
    const anna = aPerson({ id: "anna", channels: [second] });
    const bench = aChannelBench([aPerson({ chatId: chat.chatId, channels: [mail] }), anna]);
    const deps = { ...bench.deps, configuredChannels: [{ ...mail, id: "configured" }] };
    expect(await removeChannel(deps, "owner", "telegram")).toEqual({ outcome: "not-own" });
    expect(await removeChannel(deps, "owner", "configured")).toEqual({ outcome: "not-own" });
    expect(await removeChannel(deps, "owner", "second")).toEqual({ outcome: "unknown" });
    expect((await bench.person("anna")).channels).toEqual([second]);
  });
});

describe("ordering channels", () => {
  it("changes what is named and nothing else", async () => {
    const bench = aChannelBench();
    await orderChannels(bench.deps, "owner", { order: ["mail", "telegram"] });
    await orderChannels(bench.deps, "owner", { nextChannelAfterSeconds: 15, escalateAtMinutes: 30, allSet: true });
    expect((await bench.person()).wishes).toEqual({
      order: ["mail", "telegram"],
      nextChannelAfterSeconds: 15,
      escalateAtMinutes: 30,
      allSet: true,
    });
    await orderChannels(bench.deps, "owner", { allSet: true });
    expect(await journalOf(bench)).toHaveLength(2);
  });

  it.each([[["mail", "mail"]], [["mail", "second"]]])("refuses %j", async (order) => {
    const bench = aChannelBench();
    expect(await orderChannels(bench.deps, "owner", { order, allSet: true })).toEqual({ outcome: "unknown" });
    expect((await bench.person()).wishes.allSet).toBe(false);
  });
});

describe("testing a channel", () => {
  it("sends one marked message by it alone, past the outbox, and keeps what it said", async () => {
    const bench = aChannelBench();
    const result = await testChannel(bench.deps, "owner", "mail");
    expect(result).toMatchObject({ outcome: "tested", check: { channel: "mail", by: "test", failure: null } });
    expect(bench.told).toEqual(['mail: {"kind":"channel-test","label":"e-mail o••@example.com"}']);
    expect(await bench.stores.outbox.messages(10)).toEqual([]);
    expect((await bench.person()).checks).toMatchObject([{ channel: "mail", by: "test" }]);
  });

  it("tells what was said against it, and asks no other channel", async () => {
    const bench = aChannelBench();
    bench.broken.set("telegram", refused);
    expect(await testChannel(bench.deps, "owner", "telegram")).toMatchObject({ check: { failure: refused.message } });
    expect(bench.told).toEqual([]);
  });

  it("is for one's own channels", async () => {
    const bench = aChannelBench([aPerson({ channels: [mail] }), aPerson({ id: "anna", channels: [second] })]);
    expect(await testChannel(bench.deps, "owner", "second")).toEqual({ outcome: "unknown" });
  });

  it("is possible five times in ten minutes, also where five are asked for at once", async () => {
    const bench = aChannelBench();
    const results = await Promise.all(Array.from({ length: 7 }, () => testChannel(bench.deps, "owner", "mail")));
    expect(results.filter(({ outcome }) => outcome === "tested")).toHaveLength(5);
    // 08:30, where a span of ten minutes begins.
    expect(await testChannel(bench.deps, "owner", "mail")).toEqual({ outcome: "too-many", retryAfterSeconds: 600 });
    bench.now = bench.now.add({ minutes: 10 });
    expect(await testChannel(bench.deps, "owner", "mail")).toMatchObject({ outcome: "tested" });
  });
});
