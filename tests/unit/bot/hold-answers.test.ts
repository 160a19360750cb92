import { afterEach, describe, expect, it } from "vitest";
import { aPerson } from "../../support/builders.ts";
import { aConnection, aToken } from "../../support/builders.ts";
import { type ChatBench, aChatBench, aDeadConnection } from "./chat-bench.ts";
import { identityOf, pin } from "../use-cases/workbench.ts";

let chat: ChatBench;

afterEach(() => expect(chat.telegram.faults).toEqual([]));

async function morning() {
  chat = await aChatBench();
  await chat.tickAt("08:30");
  return chat;
}

const holdOf = async (id = "owner") => (await chat.bench.stores.records.people()).find((each) => each.id === id)?.hold;
const lastJournal = async () => (await chat.bench.stores.records.journal(1))[0];
const living = () => chat.texts().find((text) => text.includes("Renewal required")) ?? "";

describe("“I'm on it”", () => {
  it("is told at once, stands in the living message, and keeps the reminders still for ten minutes", async () => {
    const { me, bring, tickAt, telegram } = await morning();
    chat.setTo("08:55");
    const tap = me.tap("I'm on it");
    await bring();
    expect(tap.answer()?.text).toBe("Good. Quiet until 09:05 New York time.");
    expect(living()).toContain("🙋 You are on it. Quiet until 09:05.");
    expect(chat.labels()).toContain("✓ On it");
    expect(await lastJournal()).toMatchObject({
      kind: "reminders-held",
      text: "Owner is on it, until 09:05.",
      by: { personId: "owner", door: "chat" },
    });
    const rung = telegram.messages.length;
    await tickAt("09:00:10");
    await tickAt("09:04:50");
    expect(telegram.messages.length).toBe(rung);
    await tickAt("09:05");
    expect(telegram.messages.length).toBe(rung + 1);
    expect(living()).not.toContain("You are on it");
  });

  it("tapped twice is one answer; tapped again later it lasts longer", async () => {
    const { me, bring } = await morning();
    const taps = [me.tap("I'm on it"), me.tap("I'm on it")];
    await bring();
    expect(taps.map((tap) => tap.answer()?.text)).toEqual(taps.map(() => "Good. Quiet until 08:40 New York time."));
    expect((await chat.bench.stores.records.people())[0]?.revision).toBe(2);
    chat.setTo("08:36");
    const again = me.tap("✓ On it");
    await bring();
    expect(again.answer()?.text).toBe("Good. Quiet until 08:46 New York time.");
  });

  it("never keeps the open itself still", async () => {
    const { me, bring, tickAt, telegram } = await morning();
    await tickAt("09:28");
    const tap = me.tap("Snooze 10 min");
    await bring();
    expect(tap.answer()?.text).toBe("Snoozed until 09:30 New York time.");
    const rung = telegram.messages.length;
    await tickAt("09:30");
    expect(telegram.messages.length).toBe(rung + 1);
    expect(living()).toContain("The market is open");
  });

  it.each([
    ["2026-03-09", "08:40", "That was another day's reminder. /status shows today."],
    ["2026-03-10", "09:31", "The market is open: there is nothing left to put off."],
  ])("for %s at %s says why there is nothing to hold", async (day, time, answer) => {
    const { me, bring } = await morning();
    chat.setTo(time);
    const tap = me.forge({ data: `ack:${day}` });
    await bring();
    expect([tap.answer()?.text, await holdOf()]).toEqual([answer, null]);
  });

  it("on what was renewed meanwhile says that nothing needs it", async () => {
    chat = await aChatBench({ connections: [aConnection({ ...identityOf("etrade-prod"), token: aToken(), pin })] });
    chat.setTo("08:40");
    await chat.bring();
    chat.me.write("/help");
    await chat.bring();
    const tap = chat.me.forge({ data: "ack:2026-03-10" });
    await chat.bring();
    expect(tap.answer()?.text).toBe("Nothing needs you this morning, so nothing rings.");
  });

  it("on a message that nobody keeps true any more takes that away", async () => {
    const { me, bring, bench } = await morning();
    const [message] = await bench.stores.outbox.standingMessages();
    // As if the program had died after the sending: the message stands in the chat, but in no record.
    await bench.stores.outbox.showMessage(message?.id ?? 0, null);
    const tap = me.tap("I'm on it");
    await bring();
    expect(tap.answer()?.text).toBe("Good. Quiet until 08:40 New York time.");
    expect(chat.texts()).toEqual([]);
  });
});

describe("/snooze", () => {
  it.each([
    ["/snooze", "Snoozed until 08:40 New York time."],
    ["/snooze 25", "Snoozed until 08:55 New York time."],
    ["/snooze 25 min", "Snoozed until 08:55 New York time."],
    ["/snooze 60", "Snoozed until 09:30 New York time."],
    ["/snooze 61", "Say for how many minutes, up to 60: /snooze 20"],
    ["/snooze 0", "Say for how many minutes, up to 60: /snooze 20"],
    ["/snooze a while", "Say for how many minutes, up to 60: /snooze 20"],
  ])("%s is answered: %s", async (written, answer) => {
    const { me, bring } = await morning();
    me.write(written);
    await bring();
    expect(chat.lastText()).toBe(answer);
  });

  it("says so when nothing is to be put off", async () => {
    chat = await aChatBench();
    chat.bench.now = Temporal.Instant.from("2026-03-14T13:00:00Z");
    chat.me.write("/snooze");
    await chat.bring();
    expect(chat.lastText()).toBe("There is no trading today, so nothing rings.");
  });

  it("made up by a manipulated client lasts no longer than an hour", async () => {
    const { me, bring, setTo } = await morning();
    setTo("08:00");
    const tap = me.forge({ data: "snooze:1440:2026-03-10" });
    await bring();
    expect(tap.answer()?.text).toBe("Snoozed until 09:00 New York time.");
  });
});

it("each person answers for themselves", async () => {
  const owner = aPerson({ chatId: "7654321" });
  const anna = aPerson({ id: "anna", name: "Anna", role: "renewer", chatId: "42" });
  const viewer = aPerson({ id: "vic", name: "Vic", role: "viewer", chatId: "43" });
  chat = await aChatBench({
    people: [owner, anna, viewer],
    connections: [aDeadConnection("etrade-prod", { sharedWith: ["anna", "vic"] })],
  });
  const [hers, his] = [chat.telegram.user(42, "Anna"), chat.telegram.user(43, "Vic")];
  hers.write("/snooze 20");
  his.write("/snooze 20");
  await chat.bring();
  expect([chat.lastText(hers), chat.lastText(his)]).toEqual([
    "Snoozed until 08:50 New York time.",
    "Nothing needs you this morning, so nothing rings.",
  ]);
  expect([await holdOf("anna"), await holdOf(), await holdOf("vic")]).toEqual([
    expect.objectContaining({ kind: "snoozed" }),
    null,
    null,
  ]);
});
