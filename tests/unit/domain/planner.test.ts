import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asksPerson,
  currentOccasion,
  currentSlot,
  firstSlot,
  livesThrough,
  nextReminderAt,
  reminderClaim,
  reminderSlots,
} from "../../../server/domain/planner.ts";
import { type Hold, holdFrom, isHeld } from "../../../server/domain/hold.ts";
import type { Status } from "../../../server/domain/status.ts";
import { marketDay, type MarketDay } from "../../../server/domain/trading-calendar.ts";
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

/** Whether a reminder rings now for who has not answered. */
function rings(status: Status, today: MarketDay, now: Temporal.Instant): boolean {
  return today.kind === "trading" && asksPerson(status, today) && currentOccasion(today, now, null) !== null;
}

describe("a reminder", () => {
  it("asks at 08:30 in New York for a connection that needs the person", () => {
    expect(rings(expired, tuesday, at("2026-03-10T12:29:59Z"))).toBe(false);
    expect(rings(expired, tuesday, at("2026-03-10T12:30:00Z"))).toBe(true);
  });

  it.each([
    ["waiting", true],
    ["confirming-accounts", true],
    ["exchanging", false],
    ["verifying", false],
  ] as const)("while a renewal is %s, asks: %s", (stage, asks) => {
    const status = { word: "authorizing", stage, startedAt: verified.at, expiresAt: tuesday.close } as const;
    expect(rings(status, tuesday, at("2026-03-10T12:30:00Z"))).toBe(asks);
  });

  it.each(["2026-03-08", "2026-11-26", "2025-01-09"])("asks nothing on %s, a day without trading", (date) => {
    const now = on(date).toZonedDateTime({ timeZone: "America/New_York", plainTime: "09:00" }).toInstant();
    expect(rings(expired, marketDay(on(date)), now)).toBe(false);
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
        const asks = rings(status, today, now);
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

const moment = (time: string) => at(`2026-03-10T${time}Z`);

const held = (kind: Hold["kind"], from: string, minutes: number) =>
  holdFrom(kind, tuesday, moment(from), Temporal.Duration.from({ minutes }));

describe("what rings", () => {
  it("is each slot in turn", () => {
    const occasions = ["12:30", "12:59", "13:00", "13:15", "13:30", "19:59"].map((time) =>
      currentOccasion(tuesday, moment(`${time}:00`), null),
    );
    expect(occasions.map((each) => each?.occasion)).toEqual(["60", "60", "30", "15", "0", "0"]);
  });

  it("is nothing while the person holds it, then the end of that, then the next slot", () => {
    const hold = held("snoozed", "12:40:00", 10);
    const occasions = ["12:39", "12:40", "12:49", "12:50", "12:59", "13:00"].map((time) =>
      currentOccasion(tuesday, moment(`${time}:00`), time < "12:40" ? null : hold),
    );
    const again = `held-until-${moment("12:50:00").epochMilliseconds}`;
    expect(occasions.map((each) => each?.occasion)).toEqual(["60", undefined, undefined, again, again, "30"]);
  });

  it("skips a slot that the hold covers, and rings when that ends", () => {
    const hold = held("on-it", "12:58:00", 10);
    expect(currentOccasion(tuesday, moment("13:00:00"), hold)).toBeNull();
    expect(currentOccasion(tuesday, moment("13:08:00"), hold)?.slot).toBe(30);
  });

  it("is the open, whatever was answered", () => {
    for (const minutes of [10, 60, 1440]) {
      const hold = held("snoozed", "13:20:00", minutes);
      expect(currentOccasion(tuesday, tuesday.open, hold)).toEqual({ slot: 0, occasion: "0" });
    }
    expect(held("snoozed", "13:30:00", 10)).toBeNull();
  });

  it("does not know yesterday's answer", () => {
    const yesterday = aTradingDay("2026-03-09");
    const hold = {
      kind: "snoozed",
      tradingDay: yesterday.date.toString(),
      setAt: yesterday.open,
      untilAt: tuesday.close,
    };
    expect(currentOccasion(tuesday, moment("12:30:00"), { ...hold, kind: "snoozed" })?.occasion).toBe("60");
  });

  it("is never silent for longer than an answer asked for, on any morning with any answers", () => {
    const answer = fc.record({
      kind: fc.constantFrom("on-it", "snoozed"),
      at: fc.integer({ min: 0, max: 59 }),
      minutes: fc.integer({ min: 1, max: 120 }),
    });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 4 }), (answers) => {
        const rung = new Set<string>();
        let hold: Hold | null = null;
        let quietSince = firstSlot(tuesday);
        for (let minute = 0; minute <= 60; minute += 1) {
          const now = firstSlot(tuesday).add({ minutes: minute });
          for (const { kind, minutes } of answers.filter((each) => each.at === minute))
            hold = holdFrom(kind, tuesday, now, Temporal.Duration.from({ minutes })) ?? hold;
          const due = currentOccasion(tuesday, now, hold);
          if (due !== null && !rung.has(due.occasion)) {
            rung.add(due.occasion);
            quietSince = now;
          }
          const quiet = now.since(quietSince).total("minutes");
          expect(quiet <= 30 || isHeld(hold, tuesday, now)).toBe(true);
        }
        expect(rung.has("0")).toBe(true);
        expect([...rung].filter((occasion) => !occasion.startsWith("held")).length).toBeLessThanOrEqual(4);
      }),
      { numRuns: 300 },
    );
  });
});

describe("reminderClaim", () => {
  it("differs by day, occasion, connection and person, and by nothing else", () => {
    const claims = ["etrade-prod", "schwab-prod"].flatMap((connectionId) =>
      [tuesday, shortFriday].flatMap((tradingDay) =>
        ["owner", "anna"].flatMap((personId) =>
          reminderSlots.map((slot) =>
            reminderClaim({ connectionId, personId, tradingDay, occasion: String(slot) }, "owner"),
          ),
        ),
      ),
    );
    expect(new Set(claims).size).toBe(32);
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
