import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  currentSlot,
  dueReminder,
  livesThrough,
  nextReminderAt,
  reminderClaim,
  reminderSlots,
} from "../../../server/domain/planner.ts";
import type { Status } from "../../../server/domain/status.ts";
import { marketDay } from "../../../server/domain/trading-calendar.ts";
import { at, aTradingDay, on } from "../../support/builders.ts";

const tuesday = aTradingDay("2026-03-10"); // 13:30Z to 20:00Z
const shortFriday = aTradingDay("2026-11-27"); // 14:30Z to 18:00Z
const expired: Status = { word: "needs-authorization", reason: "expired", since: at("2026-03-10T04:00:00Z") };
const verified = { at: at("2026-03-10T12:00:00Z"), call: "accounts-list" } as const;
const activeUntil = (expiresAt: Temporal.Instant): Status => ({ word: "active", verified, expiresAt });

describe("currentSlot", () => {
  it.each([
    ["2026-03-10T12:29:59.999999999Z", null],
    ["2026-03-10T12:30:00Z", 60], // 08:30 in New York
    ["2026-03-10T12:59:59Z", 60],
    ["2026-03-10T13:00:00Z", 30],
    ["2026-03-10T13:15:00Z", 15],
    ["2026-03-10T13:30:00Z", 0],
    ["2026-03-10T19:59:59Z", 0], // a late caller
    ["2026-03-10T20:00:00Z", null],
    ["2026-03-09T13:30:00Z", null], // the day before
    ["2026-03-11T13:30:00Z", null], // the day after
  ])("at %s is %s", (now, slot) => {
    expect(currentSlot(tuesday, at(now))).toBe(slot);
  });

  it("ends with the early close", () => {
    expect(currentSlot(shortFriday, at("2026-11-27T17:59:59Z"))).toBe(0);
    expect(currentSlot(shortFriday, at("2026-11-27T18:00:00Z"))).toBeNull();
  });
});

describe("livesThrough", () => {
  const failure = { ...verified, failure: { kind: "transient", reason: "maintenance", httpStatus: 503 } } as const;
  it.each<[string, Status, boolean]>([
    ["holds for one that dies at the close exactly", activeUntil(tuesday.close), true],
    ["fails for one that dies just before the close", activeUntil(tuesday.close.subtract({ nanoseconds: 1 })), false],
    [
      "holds for an idle one, which can be revived",
      { word: "idle", reason: "no-call", lastCall: verified, expiresAt: tuesday.close },
      true,
    ],
    [
      "holds for an unknown one with time left",
      { word: "unknown", failed: failure, verified, expiresAt: tuesday.close },
      true,
    ],
    ["fails for an expired one", expired, false],
    ["fails for a misconfigured one", { word: "misconfigured", failed: failure }, false],
    [
      "fails for one being authorized",
      { word: "authorizing", stage: "waiting", startedAt: verified.at, expiresAt: tuesday.close },
      false,
    ],
  ])("%s", (_outcome, status, lives) => {
    expect(livesThrough(status, tuesday)).toBe(lives);
  });

  it("asks less of a token set on an early-close day", () => {
    expect(livesThrough(activeUntil(at("2026-11-27T18:30:00Z")), shortFriday)).toBe(true);
  });
});

describe("dueReminder", () => {
  it("asks at 08:30 in New York for a connection that needs the person", () => {
    const reminder = dueReminder("etrade-prod", expired, tuesday, at("2026-03-10T12:30:00Z"));
    expect(reminder).toEqual({ connectionId: "etrade-prod", tradingDay: tuesday, slot: 60 });
  });

  it.each([
    ["waiting", true],
    ["confirming-accounts", true],
    ["exchanging", false],
    ["verifying", false],
  ] as const)("while a renewal is %s, asks: %s", (stage, asks) => {
    const status = { word: "authorizing", stage, startedAt: verified.at, expiresAt: tuesday.close } as const;
    const reminder = dueReminder("etrade-prod", status, tuesday, at("2026-03-10T12:30:00Z"));
    expect(reminder !== null).toBe(asks);
  });

  it.each(["2026-03-08", "2026-11-26", "2025-01-09"])("asks nothing on %s, a day without trading", (date) => {
    const now = on(date).toZonedDateTime({ timeZone: "America/New_York", plainTime: "09:00" }).toInstant();
    expect(dueReminder("etrade-prod", expired, marketDay(on(date)), now)).toBeNull();
  });

  it("asks only from 60 minutes before the open to the close, and never for what lives through the day", () => {
    const date = fc.integer({ min: 0, max: 1500 }).map((days) => on("2025-01-01").add({ days }));
    const minutes = fc.integer({ min: 0, max: 1500 });
    fc.assert(
      fc.property(date, minutes, fc.option(minutes), (day, clock, lifetime) => {
        const today = marketDay(day);
        const startOfDay = day.toZonedDateTime("America/New_York").toInstant();
        const now = startOfDay.add({ minutes: clock });
        const status = lifetime === null ? expired : activeUntil(startOfDay.add({ minutes: lifetime }));
        const asks = dueReminder("etrade-prod", status, today, now) !== null;
        const expected =
          today.kind === "trading" &&
          Temporal.Instant.compare(now, today.open.subtract({ minutes: 60 })) >= 0 &&
          Temporal.Instant.compare(now, today.close) < 0 &&
          !livesThrough(status, today);
        expect(asks).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe("reminderClaim", () => {
  it("differs by day, slot and connection, and by nothing else", () => {
    const claims = ["etrade-prod", "schwab-prod"].flatMap((connectionId) =>
      [tuesday, shortFriday].flatMap((tradingDay) =>
        reminderSlots.map((slot) => reminderClaim({ connectionId, tradingDay, slot })),
      ),
    );
    expect(new Set(claims).size).toBe(16);
    expect(claims[0]).toBe("reminder/2026-03-10/60/etrade-prod");
  });
});

describe("nextReminderAt", () => {
  const wednesday = aTradingDay("2026-03-11");
  const noon = at("2026-03-10T16:00:00Z");
  const nextMorning = at("2026-03-11T12:30:00Z");
  const lasting = activeUntil(at("2026-03-13T12:00:00Z"));
  it.each<[string, Status, Temporal.Instant | null, Temporal.Instant | null]>([
    ["the next morning of what does not live through it", activeUntil(at("2026-03-11T04:00:00Z")), null, nextMorning],
    ["nothing for what does", lasting, null, null],
    ["the early ask, where no morning asks", lasting, at("2026-03-12T12:30:00Z"), at("2026-03-12T12:30:00Z")],
    ["the early ask, where it comes first", expired, at("2026-03-10T20:00:00Z"), at("2026-03-10T20:00:00Z")],
    ["the morning, where that comes first", expired, at("2026-03-12T12:30:00Z"), nextMorning],
  ])("is %s", (_outcome, status, early, next) => {
    expect(nextReminderAt(status, tuesday, wednesday, noon, early)).toEqual(next);
  });
});
