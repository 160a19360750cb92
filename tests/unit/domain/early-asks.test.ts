import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dueEarlyAsk, earlyAskClaim, isEnding, nextEarlyAskAt } from "../../../server/domain/early-asks.ts";
import { livesThrough } from "../../../server/domain/planner.ts";
import { etradePolicy, expiresAt, type ProviderPolicy, schwabPolicy } from "../../../server/domain/provider-policy.ts";
import { statusOf } from "../../../server/domain/status.ts";
import { marketDay, newYorkDate } from "../../../server/domain/trading-calendar.ts";
import { aConnection, aToken, at } from "../../support/builders.ts";
import { newYork } from "../../support/simulation-calendar.ts";

const weekly = schwabPolicy();

/** Logged in at that time on the wall in New York and never since. */
function loggedIn(date: string, time: string) {
  const issuedAt = newYork(date, time);
  return { ...aConnection({ token: aToken({ issuedAt }) }), id: "schwab-prod", provider: "schwab" as const };
}
type Login = ReturnType<typeof loggedIn>;

function dueAt(login: Login, now: Temporal.Instant, policy: ProviderPolicy = weekly) {
  return dueEarlyAsk(login, statusOf(login, null, policy, now), policy, marketDay(newYorkDate(now)), now);
}

/** Every early ask of the login's life and when it first fell due, looked for each five minutes. */
function asksOf(login: Login): string[] {
  const asks = new Map<string, string>();
  const ends = expiresAt(weekly, login.token?.issuedAt ?? newYork("2026-01-01", "00:00"));
  for (
    let now = ends.subtract({ hours: 168 });
    Temporal.Instant.compare(now, ends) <= 0;
    now = now.add({ minutes: 5 })
  ) {
    const ask = dueAt(login, now);
    if (ask === null || asks.has(earlyAskClaim(ask))) continue;
    const when = now.toZonedDateTimeISO("America/New_York").toPlainDateTime().toString({ smallestUnit: "minute" });
    asks.set(earlyAskClaim(ask), `${ask.step} ${when}`);
  }
  return [...asks.values()];
}

describe("a weekly login", () => {
  it("counts as ending from its first ask on, on days without trading too, until it has ended", () => {
    const login = loggedIn("2026-03-07", "11:00");
    const ending = (date: string, time: string) => {
      const now = newYork(date, time);
      return isEnding(login, statusOf(login, null, weekly, now), weekly, now);
    };
    expect([ending("2026-03-11", "08:29"), ending("2026-03-11", "08:30")]).toEqual([false, true]);
    expect([ending("2026-03-14", "11:59"), ending("2026-03-14", "12:00")]).toEqual([true, false]);
  });

  it.each<[string, string, string, string[]]>([
    // Ends Friday 13 March 10:30.
    ["a Friday morning", "2026-03-06", "10:30", ["3 2026-03-10T08:30", "1 2026-03-12T08:30"]],
    // Ends Saturday 14 March.
    [
      "a Saturday",
      "2026-03-07",
      "11:00",
      ["3 2026-03-11T08:30", "1 2026-03-13T08:30", "before-break 2026-03-13T16:00"],
    ],
    // Ends Sunday 15 March: one day before is a Saturday.
    ["a Sunday", "2026-03-08", "11:00", ["3 2026-03-12T08:30", "1 2026-03-13T08:30", "before-break 2026-03-13T16:00"]],
    // Ends Monday 16 March 10:30, before the close; three days and one day before both come to Friday.
    ["a Monday morning", "2026-03-09", "10:30", ["1 2026-03-13T08:30", "before-break 2026-03-13T16:00"]],
    // Outlives Monday's close.
    ["a Monday evening", "2026-03-09", "17:00", ["1 2026-03-13T08:30"]],
    // Ends Tuesday 17 March.
    ["a Tuesday", "2026-03-10", "10:30", ["3 2026-03-13T08:30", "1 2026-03-16T08:30"]],
    // Ends Friday 13 March in the evening: it is gone on Monday.
    [
      "a Friday evening",
      "2026-03-06",
      "19:00",
      ["3 2026-03-10T08:30", "1 2026-03-12T08:30", "before-break 2026-03-13T16:00"],
    ],
    // Ends Thanksgiving Day, Thursday 26 November.
    [
      "the Thursday before Thanksgiving",
      "2026-11-19",
      "11:00",
      ["3 2026-11-23T08:30", "1 2026-11-25T08:30", "before-break 2026-11-25T16:00"],
    ],
    // Ends the Saturday after; Friday closes at 13:00.
    [
      "the Saturday before Thanksgiving",
      "2026-11-21",
      "11:00",
      ["3 2026-11-25T08:30", "1 2026-11-27T08:30", "before-break 2026-11-27T13:00"],
    ],
    // Ends the Friday after at 14:00, an hour past its early close.
    [
      "the Friday before Thanksgiving",
      "2026-11-20",
      "14:00",
      ["3 2026-11-24T08:30", "1 2026-11-25T08:30", "before-break 2026-11-27T13:00"],
    ],
    // Ends Sunday 29 November: three days before is Thanksgiving.
    [
      "the Sunday before Thanksgiving",
      "2026-11-22",
      "11:00",
      ["3 2026-11-25T08:30", "1 2026-11-27T08:30", "before-break 2026-11-27T13:00"],
    ],
    // Ends Monday 25 May, Memorial Day.
    ["the Monday before Memorial Day", "2026-05-18", "11:00", ["1 2026-05-22T08:30", "before-break 2026-05-22T16:00"]],
    // 168 hours over the spring night: ends Wednesday 11 March 00:10, made the Tuesday before at 23:10.
    [
      "an evening whose end summer time moves past midnight",
      "2026-03-03",
      "23:10",
      ["3 2026-03-06T08:30", "1 2026-03-10T08:30"],
    ],
    // … and over the autumn night back: made Wednesday 28 October 00:30, ends Tuesday 3 November 23:30.
    [
      "a night whose end winter time moves before midnight",
      "2026-10-28",
      "00:30",
      ["3 2026-10-30T08:30", "1 2026-11-02T08:30"],
    ],
  ])("made on %s is asked for on trading days alone", (_, date, time, asks) => {
    expect(asksOf(loggedIn(date, time))).toEqual(asks);
  });

  it("is not asked for early on the morning it will not outlive: the reminders do that", () => {
    const login = loggedIn("2026-03-04", "10:30");
    expect(dueAt(login, newYork("2026-03-11", "08:29"))).toBeNull();
    expect(dueAt(login, newYork("2026-03-11", "08:30"))).toBeNull();
  });

  it("that was renewed, or died before its time, is not asked for early", () => {
    const login = loggedIn("2026-03-04", "10:30");
    const now = newYork("2026-03-10", "09:00");
    expect(dueAt(login, now)?.step).toBe(1);
    expect(dueAt(loggedIn("2026-03-09", "18:00"), now)).toBeNull();
    expect(dueAt({ ...login, ended: { at: now, reason: "rejected" } as const }, now)).toBeNull();
  });

  it("whose three days passed while the program was off is asked for once it is on", () => {
    const login = loggedIn("2026-03-05", "10:30"); // ends Thursday the 12th; three days before is Monday
    expect(dueAt(login, newYork("2026-03-09", "23:59"))?.step).toBe(3);
    expect(dueAt(login, newYork("2026-03-10", "08:29"))).toBeNull();
    expect(dueAt(login, newYork("2026-03-10", "08:30"))?.step).toBe(3);
    expect(dueAt(login, newYork("2026-03-11", "08:30"))?.step).toBe(1);
  });

  it("is not asked for at once because it lives for less than the days ahead", () => {
    const twoDays = { ...weekly, expiry: { kind: "ttl", lifetime: Temporal.Duration.from({ hours: 48 }) } } as const;
    const login = loggedIn("2026-03-09", "10:30");
    expect(dueAt(login, newYork("2026-03-09", "11:00"), twoDays)).toBeNull();
    expect(dueAt(login, newYork("2026-03-10", "08:30"), twoDays)?.step).toBe(1);
  });

  it("is claimed by connection, login and days ahead", () => {
    const ask = dueAt(loggedIn("2026-03-05", "10:30"), newYork("2026-03-09", "08:30"));
    expect(ask === null ? null : earlyAskClaim(ask)).toBe("early/schwab-prod/2026-03-05T15:30:00Z/3");
  });

  it("says when it will be asked for next", () => {
    const login = loggedIn("2026-03-07", "11:00");
    const next = (date: string, time: string) => {
      const now = newYork(date, time);
      return nextEarlyAskAt(login, statusOf(login, null, weekly, now), weekly, now);
    };
    expect(next("2026-03-07", "12:00")).toEqual(newYork("2026-03-11", "08:30"));
    expect(next("2026-03-13", "08:30")).toEqual(newYork("2026-03-13", "16:00"));
    expect(next("2026-03-13", "16:00")).toBeNull();
  });
});

const anyLogin = fc
  .integer({ min: 0, max: 1000 * 24 * 12 })
  .map((fiveMinutes) => at("2025-11-01T04:00:00Z").add({ minutes: 5 * fiveMinutes }))
  .map((issuedAt) => ({
    ...aConnection({ token: aToken({ issuedAt }) }),
    id: "schwab-prod",
    provider: "schwab" as const,
    issuedAt,
  }));

it("asks early at any moment of any login only on trading days, from 08:30 to midnight, of what lives, and never backwards", () => {
  fc.assert(
    fc.property(anyLogin, fc.array(fc.integer({ min: 0, max: 12 * 24 * 8 }), { maxLength: 60 }), (login, moments) => {
      let before = Infinity;
      for (const fiveMinutes of moments.toSorted((a, b) => a - b)) {
        const now = login.issuedAt.add({ minutes: 5 * fiveMinutes });
        const ask = dueAt(login, now);
        if (ask === null) continue;
        const today = marketDay(newYorkDate(now));
        expect(today.kind).toBe("trading");
        if (today.kind === "closed") return;
        expect(Temporal.Instant.compare(now, today.open.subtract({ minutes: 60 }))).toBeGreaterThanOrEqual(0);
        expect(Temporal.Instant.compare(now, ask.endsAt)).toBeLessThan(0);
        const status = statusOf(login, null, weekly, now);
        if (Temporal.Instant.compare(now, today.close) < 0) expect(livesThrough(status, today)).toBe(true);
        const rank = ask.step === "before-break" ? 0 : ask.step;
        expect(rank).toBeLessThanOrEqual(before);
        before = rank;
      }
    }),
    { numRuns: 300 },
  );
});

it("never asks early for a login of one day", () => {
  fc.assert(
    fc.property(anyLogin, fc.integer({ min: 0, max: 12 * 24 * 8 }), (login, fiveMinutes) => {
      const now = login.issuedAt.add({ minutes: 5 * fiveMinutes });
      expect(dueAt(login, now, etradePolicy())).toBeNull();
      expect(nextEarlyAskAt(login, statusOf(login, null, etradePolicy(3), now), etradePolicy(3), now)).toBeNull();
    }),
    { numRuns: 300 },
  );
});
