// Ten weeks with a weekly login and its owner, held against the exchange's own calendar.
import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Notice } from "../../../server/domain/notice.ts";
import { newYork, simulatedDays } from "../../support/simulation-calendar.ts";
import { aWeeklyLogin, momentsOf } from "./weekly-login.ts";

// Both years with notices of the exchange, less the weeks after the last start.
const firstDay = fc.integer({ min: 0, max: 640 }).map((days) => Temporal.PlainDate.from("2026-01-05").add({ days }));
const seventh = Temporal.Duration.from({ hours: 7 * 24 });

/** The early asks as the owner counts them: "3", "1", "before-break"; and the reminders: 60, 30, 15, 0. */
function asksIn(notice: Notice): string[] {
  if (notice.kind === "login-ending") return notice.logins.map(({ step, endsAt }) => `${step} of ${endsAt}`);
  return notice.kind === "renewal-required" ? [`${notice.slot} on ${notice.tradingDay}`] : [];
}

it("no trading day begins with a dead login whose owner answers any one reminder within a quarter of an hour", async () => {
  // Which of a login's asks is answered, and after how many minutes.
  const answers = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 14 })), {
    minLength: 12,
    maxLength: 24,
  });
  await fc.assert(
    fc.asyncProperty(firstDay, answers, async (first, habits) => {
      const days = simulatedDays(first.toString(), first.add({ weeks: 10 }).toString());
      let issuedAt = newYork(first.toString(), "10:30").add({ minutes: habits.length * 60 });
      const login = await aWeeklyLogin(issuedAt);
      const asked: string[] = [];
      let cycle = 0;
      let asks = 0;
      for (const day of days)
        for (const now of momentsOf(day.date)) {
          if (Temporal.Instant.compare(now, issuedAt) <= 0) continue;
          const opens = newYork(day.date, "09:30");
          const endsAt = issuedAt.add(seventh);
          if (day.isTrading && now.equals(opens))
            expect(Temporal.Instant.compare(opens, endsAt), `the open of ${day.date}`).toBeLessThan(0);
          // oxlint-disable no-await-in-loop -- time goes forward
          for (const notice of await login.tick(now)) {
            expect(day.isTrading, `${notice.kind} on ${day.date}`).toBe(true);
            const lines = asksIn(notice);
            if (lines.length === 0) continue;
            asked.push(...lines);
            const [which = 0, minutes = 0] = habits[cycle % habits.length] ?? [];
            const isLast = notice.kind === "renewal-required" && isLastChance(notice.slot, endsAt, opens);
            asks += 1;
            if (asks - 1 < which && !isLast) continue;
            issuedAt = now.add({ minutes });
            await login.logIn(issuedAt);
            cycle += 1;
            asks = 0;
          }
          // oxlint-enable no-await-in-loop
        }
      expect(new Set(asked).size).toBe(asked.length);
      expect(cycle).toBeGreaterThanOrEqual(9);
    }),
    { numRuns: 25 },
  );
});

/** Whoever has not answered by then answers now: at the last call for a login that is dead at the open. */
function isLastChance(slot: number, endsAt: Temporal.Instant, opens: Temporal.Instant): boolean {
  return slot === 0 || (slot === 15 && Temporal.Instant.compare(endsAt, opens) <= 0);
}

it("a login that nobody renews is asked for three days and a day ahead, before a break, and on its first lost morning", async () => {
  const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
  await fc.assert(
    fc.asyncProperty(firstDay, minutes, async (first, minute) => {
      const issuedAt = newYork(first.toString(), "00:00").add({ minutes: minute });
      const login = await aWeeklyLogin(issuedAt);
      const told: string[] = [];
      for (const { date, isTrading } of simulatedDays(first.toString(), first.add({ days: 13 }).toString()))
        for (const now of momentsOf(date)) {
          if (Temporal.Instant.compare(now, issuedAt) <= 0) continue;
          // oxlint-disable-next-line no-await-in-loop -- time goes forward
          const asks = (await login.tick(now)).flatMap(asksIn);
          expect(isTrading || asks.length === 0, `${asks.join()} on ${date}`).toBe(true);
          const time = now.toZonedDateTimeISO("America/New_York").toPlainTime().toString({ smallestUnit: "minute" });
          told.push(...asks.map((ask) => `${ask.split(" ")[0]} at ${date} ${time}`));
        }
      const expected = expectedAsks(issuedAt);
      expect(told.slice(0, expected.length)).toEqual(expected);
      expect(told.slice(expected.length).filter((ask) => /^(3|1|before-break) /.test(ask))).toEqual([]);
    }),
    { numRuns: 60 },
  );
});

/** From the exchange's notices alone. */
function expectedAsks(issuedAt: Temporal.Instant): string[] {
  const endsAt = issuedAt.add(seventh);
  const lastDate = endsAt.toZonedDateTimeISO("America/New_York").toPlainDate();
  const days = simulatedDays(lastDate.subtract({ days: 12 }).toString(), lastDate.add({ days: 7 }).toString());
  const trading = days.filter(({ isTrading }) => isTrading);
  const upTo = (ahead: number) => trading.findLast(({ date }) => date <= lastDate.subtract({ days: ahead }).toString());
  const lostIndex = trading.findIndex(
    ({ date, closesAt }) => Temporal.Instant.compare(endsAt, newYork(date, closesAt)) < 0,
  );
  const [last, lost] = [trading[lostIndex - 1], trading[lostIndex]];
  if (last === undefined || lost === undefined) throw new Error("The calendar is too short.");

  const [three, one] = [upTo(3)?.date ?? "", upTo(1)?.date ?? ""];
  const early = [...(three === one ? [] : [`3 at ${three} 08:30`]), `1 at ${one} 08:30`];
  const isBreak = Temporal.PlainDate.from(last.date).until(lost.date).days > 1;
  // Where the break begins before the day before the end, its ask is the later one.
  if (isBreak) early.push(`before-break at ${last.date} ${last.closesAt}`);
  const possible = early.filter((ask) => {
    const [date = "", time = ""] = ask.split(" at ")[1]?.split(" ") ?? [];
    const at = newYork(date, time);
    return Temporal.Instant.compare(issuedAt, at) < 0 && Temporal.Instant.compare(at, endsAt) < 0;
  });
  const morning = ["60", "30", "15", "0"].map((slot, index) => {
    const time = ["08:30", "09:00", "09:15", "09:30"][index] ?? "";
    return `${slot} at ${lost.date} ${time}`;
  });
  return [...possible, ...morning];
}
