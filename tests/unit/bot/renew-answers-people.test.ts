import { afterEach, describe, expect, it } from "vitest";
import { succeeded } from "../../../server/domain/broker-answer.ts";
import { Secret } from "../../../server/domain/secret.ts";
import { aPerson } from "../../support/builders.ts";
import { type ChatBench, aChatBench, aDeadConnection, sandbox } from "./chat-bench.ts";

const prod = "etrade-prod";
const proven = "✅ E*TRADE production renewed: version 2, verified by a real call.";

let chat: ChatBench;

afterEach(() => expect(chat.telegram.faults).toEqual([]));

const stored = async () => (await chat.bench.connection()).token?.version;
const exchanges = () => chat.bench.provider().calls.filter((call) => call.startsWith("exchange"));
const events = () => chat.bench.logged.map(({ event }) => event);

async function write(text: string): Promise<readonly string[]> {
  const before = new Set(chat.me.messages.map(({ id }) => id));
  chat.me.write(text);
  await chat.bring();
  return chat.me.messages.filter(({ by, id }) => by === "bot" && !before.has(id)).map((message) => message.text);
}

describe("people", () => {
  const owner = aPerson({ chatId: "7654321" });
  const anna = aPerson({ id: "anna", name: "Anna", role: "renewer", chatId: "42" });
  const vic = aPerson({ id: "vic", name: "Vic", role: "viewer", chatId: "43" });

  async function household(sharedWith: readonly string[] = ["anna", "vic"]) {
    chat = await aChatBench({
      people: [owner, anna, vic],
      connections: [aDeadConnection(prod, { sharedWith }), aDeadConnection(sandbox)],
    });
    return { hers: chat.telegram.user(42, "Anna"), his: chat.telegram.user(43, "Vic") };
  }

  it("renew what is shared with them, and both hear of it", async () => {
    const { hers } = await household();
    hers.write("/renew");
    await chat.bring();
    expect(chat.texts(hers)[0]).toContain("🔑 E*TRADE production");
    hers.write("MX9ES");
    await chat.bring();
    expect([chat.lastText(hers), chat.lastText(), await stored()]).toEqual([proven, proven, 2]);
    expect(hers.messages.filter(({ by, text }) => by === "person" && text === "MX9ES")).toEqual([]);
  });

  it("a code of one is nothing to another", async () => {
    const { hers } = await household();
    hers.write("/renew");
    await chat.bring();
    expect(await write("MX9ES")).toEqual([expect.stringContaining("no renewal waits for one here")]);
    expect(exchanges()).toEqual([]);
  });

  it("are told of other accounts without learning which", async () => {
    const { hers } = await household();
    hers.write("/renew");
    await chat.bring();
    chat.bench
      .provider()
      .next.listAccounts.push(succeeded([{ accountId: "666", accountIdKey: "k", description: "Other" }]));
    hers.write("MX9ES");
    await chat.bring();
    expect(chat.lastText(hers)).toBe(
      "❌ E*TRADE production: the renewal failed. The login opened other accounts than the pinned ones, so nothing was stored; what was there before stays. Its owner was told.",
    );
    expect(chat.lastText()).toContain("Pinned: ••5188 Brokerage");
  });

  it("who may only look can't renew, by whatever they send", async () => {
    const { his } = await household();
    his.write("/renew");
    his.write("/keepalive");
    await chat.bring();
    expect(chat.texts(his)).toEqual([
      "You may look at these connections, not renew them. Their owner can change that.",
      "There is nothing here that you may keep alive.",
    ]);
    const forged = his.forge({ data: "renew:etrade-prod" });
    await chat.bring();
    expect(forged.answer()?.text).toBe("You may look at this one, not renew it.");
    expect(chat.bench.provider().calls).toEqual([]);
  });

  it("what is not theirs does not exist for them", async () => {
    const { hers } = await household();
    hers.write("/renew etrade-sandbox");
    hers.write("/status");
    await chat.bring();
    expect(chat.texts(hers)[0]).toBe('There is no connection "etrade-sandbox" here. Which one?');
    expect(chat.texts(hers)[1]).not.toContain("sandbox");
    const taps = ["renew:etrade-sandbox", "renew:no-such", "cancel:id-1"].map((data) => hers.forge({ data }));
    await chat.bring();
    expect(taps.map((each) => each.answer()?.text)).toEqual([
      "There is no such connection here.",
      "There is no such connection here.",
      expect.stringContaining("out of date"),
    ]);
  });

  it("nothing can be given up for somebody else", async () => {
    const { hers } = await household();
    await write("/renew etrade-sandbox");
    hers.write("/help");
    await chat.bring();
    const forged = hers.forge({ data: "cancel:id-3" });
    await chat.bring();
    expect(forged.answer()?.text).toContain("out of date");
    expect(await write("MX9ES")).toEqual(["✅ E*TRADE sandbox renewed: version 2, verified by a real call."]);
  });

  it("who was removed, or never was on the list, hears nothing at all", async () => {
    await household();
    const [, , person] = await chat.bench.stores.records.people();
    if (person !== undefined)
      await chat.bench.stores.records.commit({ person: { ...person, removedAt: chat.bench.now } });
    const [gone, stranger] = [chat.telegram.user(43, "Vic"), chat.telegram.user(99, "Sam")];
    for (const user of [gone, stranger]) {
      user.write("/status");
      user.write("MX9ES");
    }
    await chat.bring();
    expect([chat.texts(gone), chat.texts(stranger)]).toEqual([[], []]);
  });
});

describe("who blocks the bot", () => {
  it("is told so over the next channel at once, and the journal says it", async () => {
    const slack = {
      kind: "slack",
      id: "slack-1",
      webhookUrl: new Secret("https://hooks.slack.com/services/T/B/x"),
    } as const;
    chat = await aChatBench({ people: [aPerson({ chatId: "7654321", channels: [slack] })] });
    chat.me.block();
    await chat.bring();
    expect(
      (await chat.bench.stores.outbox.messages(9)).map(({ notice, state, passage }) => [
        notice.kind,
        state,
        passage.channel,
      ]),
    ).toEqual([["channel-broken", "sent", "slack-1"]]);
    chat.me.unblock();
    await chat.bring();
    expect((await chat.bench.stores.records.journal(2)).map(({ text }) => text)).toEqual([
      "Owner let the bot in again: messages reach them there.",
      "Owner blocked the bot: no message reaches them there any more.",
    ]);
  });

  it("and has no other channel is noted in the journal and the log alone", async () => {
    chat = await aChatBench();
    chat.me.block();
    await chat.bring();
    expect(await chat.bench.stores.outbox.messages(9)).toEqual([]);
    expect(events()).toContain("chat-blocked");
  });
});
