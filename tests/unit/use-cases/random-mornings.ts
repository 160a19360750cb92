// Mornings as they may come: channels fail, people answer or don't, somebody renews or nobody, the program sleeps now and then.
// What came is held against rules that are written down here a second time, without the program's own.
import * as fc from "fast-check";
import { holdReminders } from "../../../server/use-cases/hold-reminders.ts";
import { deliverMessages } from "../../../server/use-cases/deliver-messages.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { aPerson } from "../../support/builders.ts";
import { newYork, type SimulatedDay } from "../../support/simulation-calendar.ts";
import { aToldBench, down, gone, slack, type ToldBench } from "./told.ts";
import { bringCode, prod, startRenewal } from "./workbench.ts";

/** Minutes after 08:25 in New York. */
type Minute = number;
const lastMinute = 75;
const opensAt = 65;
const slotMinutes = [5, 35, 50, opensAt] as const;

export interface MorningScript {
  readonly outages: readonly {
    readonly channel: string;
    readonly from: Minute;
    readonly minutes: number;
    readonly forGood: boolean;
  }[];
  readonly lost: readonly { readonly channel: string; readonly at: Minute }[];
  readonly answers: readonly { readonly who: "owner" | "ben"; readonly at: Minute; readonly snooze: number | null }[];
  readonly renewal: { readonly at: Minute; readonly minutes: number } | null;
  readonly asleep: { readonly from: Minute; readonly minutes: number } | null;
  /** Two processes tick at the same time. */
  readonly twice: boolean;
}

const minute = fc.integer({ min: 0, max: lastMinute });
const channel = fc.constantFrom("telegram-1", "slack", "telegram-2");

export const morningScript: fc.Arbitrary<MorningScript> = fc.record({
  outages: fc.array(
    fc.record({ channel, from: minute, minutes: fc.integer({ min: 1, max: 40 }), forGood: fc.boolean() }),
    { maxLength: 3 },
  ),
  lost: fc.array(fc.record({ channel, at: minute }), { maxLength: 1 }),
  answers: fc.array(
    fc.record({
      who: fc.constantFrom("owner" as const, "ben" as const),
      at: minute,
      snooze: fc.option(fc.integer({ min: 1, max: 60 })),
    }),
    { maxLength: 3 },
  ),
  renewal: fc.option(fc.record({ at: minute, minutes: fc.integer({ min: 0, max: 4 }) })),
  asleep: fc.option(fc.record({ from: minute, minutes: fc.integer({ min: 1, max: 20 }) }), { freq: 4 }),
  twice: fc.boolean(),
});

const people = [
  { id: "owner", channels: ["telegram-1", "slack"] },
  { id: "ben", channels: ["telegram-2"] },
] as const;

export function aHousehold(): Promise<ToldBench> {
  return aToldBench({
    people: [
      aPerson({ chatId: "1", channels: [slack] }),
      aPerson({ id: "ben", name: "Ben", role: "renewer", chatId: "2" }),
    ],
    sharedWith: ["ben"],
    issuedAt: newYork("2025-12-31", "09:00"),
  });
}

/** What goes wrong is named; empty: all rules held. */
export async function liveThrough(bench: ToldBench, day: SimulatedDay, script: MorningScript): Promise<string[]> {
  const start = newYork(day.date, "08:25");
  const at = (minutes: Minute) => start.add({ minutes });
  const isAsleep = (now: Minute) =>
    script.asleep !== null && now >= script.asleep.from && now < script.asleep.from + script.asleep.minutes;
  const witness = createWitness(bench, day, script);
  for (const { channels } of people) for (const id of channels) Object.assign(bench.channel(id), { trouble: null });

  for (let now = 0; now <= lastMinute; now += 1) {
    // oxlint-disable no-await-in-loop -- time goes forward
    bench.now = at(now);
    setTroubles(bench, script, now);
    for (const answer of script.answers.filter((each) => each.at === now)) {
      const { who: personId, snooze } = answer;
      const kind = snooze === null ? "on-it" : "snoozed";
      const wished = { personId, kind, tradingDay: null, ...(snooze === null ? {} : { minutes: snooze }) } as const;
      const result = await holdReminders(bench.deps, wished);
      if (result.outcome === "held") witness.held(personId, result.hold.untilAt);
    }
    if (script.renewal?.at === now) await startRenewal(bench.deps, prod, `session ${day.date}`);
    if (script.renewal !== null && script.renewal.at + script.renewal.minutes === now) {
      const { outcome } = await bringCode(bench.deps, "MX9ES", prod, `session ${day.date}`);
      if (outcome !== "stored") return [`${day.date}: the renewal was ${outcome}`];
      witness.renewed();
      // As the composition does when it is nudged.
      await deliverMessages(bench.deps);
    }
    // Every other minute and at the slots: seldom enough for two years, and no rule depends on it.
    if (!isAsleep(now) && now % (day.isTrading ? 2 : 15) === 1)
      await Promise.all(script.twice ? [runTick(bench.deps), runTick(bench.deps)] : [runTick(bench.deps)]);
    witness.minutePassed(now, isAsleep(now));
    // oxlint-enable no-await-in-loop
  }
  for (const { channels } of people) for (const id of channels) Object.assign(bench.channel(id), { trouble: null });
  bench.now = newYork(day.date, day.closesAt);
  await runTick(bench.deps);
  return witness.ends();
}

function setTroubles(bench: ToldBench, script: MorningScript, now: Minute): void {
  for (const { channels } of people)
    for (const id of channels) {
      const outage = script.outages.find(
        (each) => each.channel === id && now >= each.from && now < each.from + each.minutes,
      );
      bench.channel(id).trouble = outage === undefined ? null : outage.forGood ? gone() : down();
    }
  for (const { channel: id } of script.lost.filter((each) => each.at === now)) bench.channel(id).next.push("lost");
}

/** A channel that works again for so long has what waits: a minute of patience, a minute until the next try, and two ticks. */
const patienceMinutes = 6;

function createWitness(bench: ToldBench, day: SimulatedDay, script: MorningScript) {
  const faults: string[] = [];
  // What stands in a chat that shut the bot out, or is not known to stand there, nobody goes on changing.
  const isUnknown =
    script.outages.some((outage) => outage.channel === "telegram-1" && outage.forGood) ||
    script.lost.some((lost) => lost.channel === "telegram-1");
  const begin = newYork(day.date, "08:25");
  const minuteOf = (instant: Temporal.Instant) => instant.since(begin).total("minutes");
  let renewedAt: Minute | null = null;
  const holds = new Map<string, { until: Minute; ends: Minute[]; quiet: { from: Minute; to: Minute }[] }>();
  const silentFor = new Map<string, number>();
  const seen = new Map(
    [...people].flatMap(({ channels }) => channels.map((id) => [id, bench.channel(id).came.length])),
  );

  /** The reminders that rang for a person today. */
  const rings = ({ channels }: (typeof people)[number]) =>
    channels
      .flatMap((id) => bench.channel(id).came.slice(seen.get(id) ?? 0))
      .filter(({ message }) => !message.silent && message.text.includes("Renewal required"))
      .map((each) => minuteOf(each.at))
      .toSorted((a, b) => a - b);

  const heldUntil = (id: string) => holds.get(id)?.until ?? -1;
  /** What rings next after what was reached last: a slot, or the end of an answer. */
  const occasionsOf = (id: string) => [...slotMinutes, ...(holds.get(id)?.ends ?? [])];
  const lastOccasion = (id: string, now: Minute) =>
    Math.max(...occasionsOf(id).filter((each) => each <= now && each >= slotMinutes[0]), -1);

  return {
    held(id: string, untilAt: Temporal.Instant): void {
      const until = minuteOf(untilAt);
      const before = holds.get(id);
      // What was put off anew does not ring at its former end.
      const ends = (before?.ends ?? []).filter((end) => end <= minuteOf(bench.now));
      const from = minuteOf(bench.now);
      const quiet = (before?.quiet ?? []).map((each) => ({ ...each, to: Math.min(each.to, from) }));
      holds.set(id, { until, ends: [...ends, until], quiet: [...quiet, { from, to: until }] });
    },
    renewed(): void {
      renewedAt = minuteOf(bench.now);
    },
    minutePassed(now: Minute, asleep: boolean): void {
      if (!day.isTrading) return;
      const isNeeded = renewedAt === null && now >= slotMinutes[0];
      for (const person of people) {
        const occasion = lastOccasion(person.id, now);
        // Ben is only asked where the owner does not answer, which is looked at elsewhere.
        const isAsked = person.id === "owner" && isNeeded && now >= heldUntil(person.id) && occasion >= 0;
        const hasRung = rings(person).some((at) => at >= occasion);
        const couldRing = !asleep && person.channels.some((id) => bench.channel(id).trouble === null);
        const silent = isAsked && !hasRung ? (couldRing ? (silentFor.get(person.id) ?? 0) + 1 : 0) : 0;
        silentFor.set(person.id, silent);
        if (silent === patienceMinutes + 1) faults.push(`${day.date}: ${person.id} heard nothing until minute ${now}`);
      }
    },
    ends(): string[] {
      for (const person of people) {
        const all = rings(person);
        if (!day.isTrading && all.length > 0) faults.push(`${day.date}: ${person.id} was rung on a closed day`);
        const late = all.filter((at) => renewedAt !== null && at > renewedAt);
        if (late.length > 0) faults.push(`${day.date}: ${person.id} was rung after the renewal, at ${late.join()}`);
        const inQuiet = all.filter((at) =>
          (holds.get(person.id)?.quiet ?? []).some(({ from, to }) => at > from && at < to),
        );
        if (inQuiet.length > 0) faults.push(`${day.date}: ${person.id} was rung while they had answered`);
        const early = all.filter((at) => at < slotMinutes[0]);
        if (early.length > 0) faults.push(`${day.date}: ${person.id} was rung too early`);
        // One ring between each two occasions; a lost answer brings one more.
        const borders = occasionsOf(person.id).toSorted((a, b) => a - b);
        const counts = new Map<number, number>();
        for (const ring of all) {
          const since = borders.findLast((border) => border <= ring) ?? -1;
          counts.set(since, (counts.get(since) ?? 0) + 1);
        }
        const twice = [...counts].filter(([, count]) => count > 1);
        const extra = twice.reduce((sum, [, count]) => sum + count - 1, 0);
        const forgiven = person.channels.reduce((sum, id) => sum + lostOn(bench, id), 0);
        if (extra > forgiven) faults.push(`${day.date}: ${person.id} was rung twice for ${twice.join(" and ")}`);
      }
      // Whatever stands in a chat at the end of the day tells the truth.
      if (day.isTrading && !isUnknown) {
        const stands = [...bench.channel("telegram-1").stands.values()].map(({ message }) => message.text);
        const last = stands.findLast((text) => /Renewal required|Renewed \d\d|market has closed/.test(text));
        const isRight = last === undefined || (renewedAt === null ? last.startsWith("❌") : last.startsWith("✅"));
        if (!isRight) faults.push(`${day.date}: the chat ends with "${last}"`);
      }
      for (const { channels } of people)
        for (const id of channels) {
          bench.channel(id).stands.clear();
          bench.channel(id).next.length = 0;
        }
      return faults;
    },
  };
}

/** How many messages arrived there whose answer was lost, since the day began. */
function lostOn(bench: ToldBench, id: string): number {
  return bench.channel(id).lost.splice(0).length;
}
