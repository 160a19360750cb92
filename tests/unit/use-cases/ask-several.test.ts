// Who is asked for what on a morning that several people share, and when nobody is.
import { describe, expect, it } from "vitest";
import type { Person } from "../../../server/domain/person.ts";
import { holdReminders } from "../../../server/use-cases/hold-reminders.ts";
import { aConnection, aPerson, aToken, at } from "../../support/builders.ts";
import { newYork } from "../../support/simulation-calendar.ts";
import { aToldBench, type ToldBench } from "./told.ts";
import { prod, startRenewal } from "./workbench.ts";

const on = (time: string) => newYork("2026-03-10", time);
const owner = (overrides: Partial<Person> = {}) => aPerson({ chatId: "1", ...overrides });
const ben = aPerson({ id: "ben", name: "Ben", role: "renewer", chatId: "2" });
const cleo = aPerson({ id: "cleo", name: "Cleo", role: "renewer", chatId: "3" });
const vic = aPerson({ id: "vic", name: "Vic", role: "viewer", chatId: "4" });
const morning = ["08:30", "09:00", "09:15", "09:30"];

/** Who is rung at each of these times: chat ids. */
async function rung(bench: ToldBench, times: readonly string[] = morning): Promise<readonly string[]> {
  const seen = new Map<string, number>();
  const lines: string[] = [];
  for (const time of times) {
    // oxlint-disable-next-line no-await-in-loop -- time goes forward
    await bench.tickAt(on(time));
    const who = ["1", "2", "3", "4"].filter((chat) => {
      const came = bench.channel(`telegram-${chat}`).came.length;
      const before = seen.get(chat) ?? 0;
      seen.set(chat, came);
      return came > before;
    });
    lines.push(`${time} ${who.join("")}`);
  }
  return lines;
}

const household = (first: Person = owner()) =>
  aToldBench({ people: [first, ben, cleo, vic], sharedWith: ["ben", "cleo", "vic"] });

describe("a connection that is shared", () => {
  it("asks its owner, then, unanswered, one more at each slot; who may only look is never asked", async () => {
    expect(await rung(await household())).toEqual(["08:30 1", "09:00 1", "09:15 12", "09:30 123"]);
  });

  it("asks the others as early as its owner wishes", async () => {
    const wishes = { ...owner().wishes, escalateAtMinutes: 30 };
    expect(await rung(await household(owner({ wishes })))).toEqual(["08:30 1", "09:00 12", "09:15 123", "09:30 123"]);
  });

  it("leaves the others alone while its owner says they are on it, and asks them when that is over", async () => {
    const bench = await household();
    await rung(bench, ["08:30"]);
    bench.now = on("09:12");
    await holdReminders(bench.deps, { personId: "owner", kind: "on-it", tradingDay: null });
    const from = ["09:15", "09:20", "09:22", "09:30"];
    expect((await rung(bench, from)).slice(1)).toEqual(["09:20 ", "09:22 12", "09:30 123"]);
  });

  it("leaves the others alone while somebody is at the broker", async () => {
    const bench = await household();
    bench.now = on("09:13");
    await startRenewal(bench.deps);
    expect(await rung(bench, ["09:15"])).toEqual(["09:15 1"]);
  });

  it("keeps still for who answered, not for who did not", async () => {
    const bench = await household();
    await rung(bench, ["08:30", "09:15"]);
    bench.now = on("09:16");
    await holdReminders(bench.deps, { personId: "ben", kind: "snoozed", minutes: 60, tradingDay: null });
    bench.channel("telegram-2").came.length = 0;
    bench.channel("telegram-1").came.length = 0;
    expect(await rung(bench, ["09:20", "09:30"])).toEqual(["09:20 ", "09:30 123"]);
  });
});

describe("a snooze", () => {
  it("rings when it ends, between the slots, and once", async () => {
    const bench = await aToldBench();
    await rung(bench, ["08:30"]);
    await holdReminders(bench.deps, { personId: "owner", kind: "snoozed", minutes: 40, tradingDay: null });
    bench.channel("telegram-1").came.length = 0;
    expect(await rung(bench, ["09:00", "09:09", "09:10", "09:11", "09:15"])).toEqual([
      "09:00 ",
      "09:09 ",
      "09:10 1",
      "09:11 ",
      "09:15 1",
    ]);
  });

  it("that ends with a slot rings once for both", async () => {
    const bench = await aToldBench();
    bench.now = on("08:50");
    await holdReminders(bench.deps, { personId: "owner", kind: "snoozed", minutes: 10, tradingDay: null });
    expect(await rung(bench, ["08:55", "09:00", "09:00:05"])).toEqual(["08:55 ", "09:00 1", "09:00:05 "]);
  });
});

describe("a morning that needs nothing", () => {
  const token = aToken({ issuedAt: at("2026-03-10T04:05:00Z") });
  const fine = { ...aConnection({ token, lastSuccess: { at: token.issuedAt, call: "accounts-list" } }) };
  const allSet = "✅ All set for today's open: E*TRADE production.";

  async function renewedAtNight(wish: boolean) {
    const bench = await aToldBench({ people: [owner({ wishes: { ...owner().wishes, allSet: wish } })] });
    const { revision, pin } = await bench.connection(prod);
    await bench.stores.records.commit({ connection: { ...fine, pin, revision } });
    return bench;
  }

  it("is told once, without a sound, to who wishes it", async () => {
    const bench = await renewedAtNight(true);
    expect(await rung(bench, ["08:00", ...morning])).toEqual(["08:00 ", "08:30 1", "09:00 ", "09:15 ", "09:30 "]);
    expect(bench.channel("telegram-1").came.map(({ message }) => [message.text, message.silent])).toEqual([
      [allSet, true],
    ]);
  });

  it("passes in silence for who does not", async () => {
    expect(await rung(await renewedAtNight(false))).toEqual(morning.map((time) => `${time} `));
  });
});
