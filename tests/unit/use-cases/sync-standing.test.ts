// The living message: changed where it differs, replaced by the next, and left alone when it can't be changed any more.
import { describe, expect, it } from "vitest";
import { DeliveryError } from "../../../server/ports.ts";
import { deliverMessages } from "../../../server/use-cases/deliver-messages.ts";
import { holdReminders } from "../../../server/use-cases/hold-reminders.ts";
import { aPerson } from "../../support/builders.ts";
import { newYork } from "../../support/simulation-calendar.ts";
import { aToldBench, down, gone, slack, type ToldBench } from "./told.ts";
import { bringCode, startRenewal } from "./workbench.ts";

const on = (time: string) => newYork("2026-03-10", time);
const chatOf = (bench: ToldBench) => bench.channel("telegram-1");
const standing = (bench: ToldBench) =>
  [...chatOf(bench).stands.values()].map(({ message }) => message.text.split("\n")[0] ?? "");
const edits = (bench: ToldBench) => [...chatOf(bench).stands.values()].reduce((sum, shown) => sum + shown.edits, 0);
const open = "🔔 The market opens at 09:30 New York time. Renewal required:";

async function reminded() {
  const bench = await aToldBench();
  await bench.tickAt(on("08:30"));
  return bench;
}

async function renew(bench: ToldBench) {
  await startRenewal(bench.deps);
  await bringCode(bench.deps);
  await deliverMessages(bench.deps);
}

describe("the living message", () => {
  it("is changed only where something changed", async () => {
    const bench = await reminded();
    for (const time of ["08:31", "08:40", "08:59"])
      // oxlint-disable-next-line no-await-in-loop -- time goes forward
      await bench.tickAt(on(time));
    expect([standing(bench), edits(bench)]).toEqual([[open], 0]);
    await holdReminders(bench.deps, { personId: "owner", kind: "on-it", tradingDay: null });
    await deliverMessages(bench.deps);
    await deliverMessages(bench.deps);
    expect(edits(bench)).toBe(1);
  });

  it("turns green where it stands, and nothing else is sent", async () => {
    const bench = await reminded();
    bench.now = on("09:02");
    await renew(bench);
    expect([standing(bench), chatOf(bench).came.length]).toEqual([["✅ Renewed 09:02, 28 min before the open."], 1]);
  });

  it("is replaced by the next reminder, which rings", async () => {
    const bench = await reminded();
    await bench.tickAt(on("09:00"));
    await bench.tickAt(on("09:15"));
    expect(standing(bench)).toEqual(["🔔 Last call: the market opens at 09:30 New York time. Renewal required:"]);
    expect(chatOf(bench).came.map(({ message }) => message.silent)).toEqual([false, false, false]);
  });

  it("is changed later where a change failed", async () => {
    const bench = await reminded();
    bench.now = on("09:02");
    chatOf(bench).trouble = down();
    await renew(bench);
    expect(standing(bench)).toEqual([open]);
    chatOf(bench).trouble = null;
    await bench.tickAt(on("09:03"));
    expect(standing(bench)).toEqual(["✅ Renewed 09:02, 28 min before the open."]);
  });

  it("that could not be removed is removed later", async () => {
    const bench = await reminded();
    chatOf(bench).next.push(null, down());
    await bench.tickAt(on("09:00"));
    expect(standing(bench)).toHaveLength(2);
    await bench.tickAt(on("09:01"));
    expect(standing(bench)).toEqual([open]);
  });

  it("that the person took away stands no more; the next one does", async () => {
    const bench = await reminded();
    chatOf(bench).stands.clear();
    bench.now = on("08:40");
    await holdReminders(bench.deps, { personId: "owner", kind: "snoozed", tradingDay: null });
    await deliverMessages(bench.deps);
    expect(await bench.stores.outbox.standingMessages()).toEqual([]);
    await bench.tickAt(on("09:00"));
    expect(standing(bench)).toEqual([open]);
  });

  it("of a renewal that nobody sees is told by a message of its own", async () => {
    const bench = await reminded();
    chatOf(bench).stands.clear();
    bench.now = on("09:02");
    await startRenewal(bench.deps);
    await deliverMessages(bench.deps);
    await bringCode(bench.deps);
    await deliverMessages(bench.deps);
    expect(chatOf(bench).came.at(-1)?.message.text).toBe(
      "✅ E*TRADE production renewed: version 2, verified by a real call.",
    );
  });

  it("stays as it is after its day, without a button, and is looked at no more", async () => {
    const bench = await reminded();
    await bench.tickAt(on("16:00"));
    expect(standing(bench)).toEqual(["❌ The market has closed without a renewal:"]);
    expect(await bench.stores.outbox.standingMessages()).toEqual([]);
  });

  it("of who was removed is left to them as it is", async () => {
    const bench = await reminded();
    const [person = aPerson()] = await bench.stores.records.people();
    await bench.stores.records.commit({ person: { ...person, removedAt: bench.now } });
    await bench.tickAt(on("08:31"));
    expect([standing(bench), edits(bench)]).toEqual([[open], 0]);
    expect(await bench.stores.outbox.standingMessages()).toEqual([]);
  });

  it("in a chat that is closed for good is given up, and the next channel has what comes", async () => {
    const bench = await aToldBench({ people: [aPerson({ chatId: "1", channels: [slack] })] });
    await bench.tickAt(on("08:30"));
    chatOf(bench).trouble = gone();
    await bench.tickAt(on("09:00"));
    expect(bench.channel("slack").came).toHaveLength(2);
    bench.now = on("09:05");
    await renew(bench);
    // What can't be shown there any more is told here.
    expect(bench.channel("slack").came.at(-1)?.message.text).toContain("E*TRADE production renewed: version 2");
    expect(await bench.stores.outbox.standingMessages()).toEqual([]);
  });

  it("is changed by one of two who try at once", async () => {
    const bench = await reminded();
    await holdReminders(bench.deps, { personId: "owner", kind: "on-it", tradingDay: null });
    await Promise.all([deliverMessages(bench.deps), deliverMessages(bench.deps)]);
    expect(edits(bench)).toBe(1);
  });
});

describe("an answer of the channel that was lost", () => {
  it("brings the reminder twice at most, and the one that is known lives on", async () => {
    const bench = await aToldBench();
    chatOf(bench).next.push("lost");
    await bench.tickAt(on("08:30"));
    await bench.tickAt(on("08:30:05"));
    expect(standing(bench)).toEqual([open, open]);
    bench.now = on("08:40");
    await renew(bench);
    expect(standing(bench)).toEqual([open, "✅ Renewed 08:40, 50 min before the open."]);
  });
});

it("a channel that can't change anything has the good news as a message", async () => {
  const bench = await aToldBench({ people: [aPerson({ channels: [slack] })] });
  await bench.tickAt(on("08:30"));
  bench.now = on("08:40");
  await renew(bench);
  expect(bench.channel("slack").came.map(({ message }) => message.text.split("\n")[0])).toEqual([
    open,
    "✅ E*TRADE production renewed: version 2, verified by a real call.",
  ]);
  expect(bench.channel("slack").next.filter((each) => each instanceof DeliveryError)).toEqual([]);
});
