import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  announcedThroughYear,
  closuresReviewedOn,
  marketDay,
  marketPhase,
  newYorkDate,
  nextTradingDay,
} from "../../../server/domain/trading-calendar.ts";
import { at, aTradingDay, on } from "../../support/builders.ts";

const saturday = 6;

describe("marketDay", () => {
  it.each([
    ["2022-06-20", "Juneteenth"], // the 19th is a Sunday
    ["2027-06-18", "Juneteenth"], // the 19th is a Saturday
    ["2023-01-02", "New Year's Day"],
    ["2021-07-05", "Independence Day"],
    ["2020-07-03", "Independence Day"],
    ["2022-12-26", "Christmas Day"],
    ["2021-12-24", "Christmas Day"],
    ["2001-09-11", "Attacks of September 11"],
    ["2001-09-14", "Attacks of September 11"],
    ["2004-06-11", "National Day of Mourning for Ronald Reagan"],
    ["2007-01-02", "National Day of Mourning for Gerald Ford"],
    ["2012-10-29", "Hurricane Sandy"],
    ["2012-10-30", "Hurricane Sandy"],
    ["2018-12-05", "National Day of Mourning for George H. W. Bush"],
    ["2025-01-09", "National Day of Mourning for Jimmy Carter"],
    ["2026-11-21", "Weekend"],
    ["2026-07-04", "Weekend"],
  ])("is closed on %s for %s", (date, occasion) => {
    expect(marketDay(on(date))).toMatchObject({ kind: "closed", occasion });
  });

  it.each([
    ["2021-12-31", "New Year's Day is a Saturday and not kept"],
    ["2027-12-31", "New Year's Day is a Saturday and not kept"],
    ["2021-06-18", "Juneteenth is kept from 2022 on"],
    ["2021-06-21", "Juneteenth is kept from 2022 on"],
    ["2026-10-12", "Columbus Day is a banking holiday only"],
    ["2026-11-11", "Veterans Day is a banking holiday only"],
    ["2024-12-26", "the day after Christmas is an ordinary one"],
    ["2025-12-26", "the day after Christmas is an ordinary one"],
    ["2028-02-29", "a leap day is an ordinary one"],
  ])("trades the whole of %s: %s", (date) => {
    expect(marketDay(on(date))).toMatchObject({ kind: "trading", earlyClose: false, occasion: null });
  });

  it.each([
    ["1998-04-10"],
    ["2008-03-21"], // the earliest from 1913 to 2160
    ["2011-04-22"],
    ["2019-04-19"],
    ["2035-03-23"],
    ["2038-04-23"], // the latest possible
    ["2049-04-16"], // where simplified formulas err by a week
  ])("is closed on Good Friday %s", (date) => {
    expect(marketDay(on(date)).occasion).toBe("Good Friday");
  });

  it.each([
    ["2017-07-03", "Monday", "early"],
    ["2018-07-03", "Tuesday", "early"],
    ["2019-07-03", "Wednesday", "early"],
    ["2014-07-03", "Thursday", "early"],
    ["2026-07-03", "Friday", "closed"],
    ["2027-07-03", "Saturday", "closed"],
    ["2022-07-03", "Sunday", "closed"],
    ["2002-07-03", "Wednesday before 2013", "full"],
    ["2013-07-03", "first Wednesday under the new custom", "early"],
    ["2013-07-05", "Friday after it", "full"],
  ])("treats 3 July as custom has it: %s, a %s, is %s", (date, _weekday, expected) => {
    expect(shapeOf(date)).toBe(expected);
  });

  it.each([
    ["2018-12-24", "Monday", "early"],
    ["2019-12-24", "Tuesday", "early"],
    ["2025-12-24", "Wednesday", "early"],
    ["2026-12-24", "Thursday", "early"],
    ["2027-12-24", "Friday", "closed"],
    ["2022-12-24", "Saturday", "closed"],
    ["2023-12-24", "Sunday", "closed"],
  ])("shortens Christmas Eve unless it is the holiday itself: %s, a %s, is %s", (date, _weekday, expected) => {
    expect(shapeOf(date)).toBe(expected);
  });

  it("says why a day closes early, at 13:00 in New York", () => {
    expect(marketDay(on("2026-11-27"))).toEqual({
      kind: "trading",
      date: on("2026-11-27"),
      open: at("2026-11-27T14:30:00Z"),
      close: at("2026-11-27T18:00:00Z"),
      earlyClose: true,
      occasion: "Day after Thanksgiving",
    });
  });

  it.each([
    ["2026-03-06", "2026-03-06T14:30:00Z", "2026-03-06T21:00:00Z"],
    ["2026-03-09", "2026-03-09T13:30:00Z", "2026-03-09T20:00:00Z"],
    ["2026-10-30", "2026-10-30T13:30:00Z", "2026-10-30T20:00:00Z"],
    ["2026-11-02", "2026-11-02T14:30:00Z", "2026-11-02T21:00:00Z"],
  ])("keeps New York time over the change of clocks: %s", (date, open, close) => {
    expect(marketDay(on(date))).toMatchObject({ open: at(open), close: at(close) });
  });

  it("refuses dates before its first year, naming both", () => {
    expect(() => marketDay(on("1997-12-31"))).toThrow(
      new RangeError("The market calendar begins in 1998; 1997-12-31 is too early."),
    );
    expect(marketDay(on("1998-01-01")).occasion).toBe("New Year's Day");
  });

  it("opens at 09:30 in New York and closes later, on every trading day and no weekend", () => {
    fc.assert(
      fc.property(anyDate, (date) => {
        const day = marketDay(date);
        if (day.kind === "closed") return;
        const open = day.open.toZonedDateTimeISO("America/New_York");
        expect(open.toPlainDateTime().toString()).toBe(`${date.toString()}T09:30:00`);
        expect(Temporal.Instant.compare(day.open, day.close)).toBe(-1);
        expect(date.dayOfWeek).toBeLessThan(saturday);
      }),
    );
  });
});

describe("nextTradingDay", () => {
  it.each([
    ["2026-11-20", "2026-11-23"], // over a weekend
    ["2026-11-25", "2026-11-27"], // over Thanksgiving
    ["2026-12-31", "2027-01-04"], // over New Year's Day
    ["2006-12-29", "2007-01-03"], // over New Year's Day and a day of mourning
    ["2001-09-10", "2001-09-17"],
    ["2026-11-22", "2026-11-23"], // from a closed day
    ["1997-12-31", "1998-01-02"],
  ])("follows %s with %s", (after, next) => {
    expect(nextTradingDay(on(after))).toEqual(aTradingDay(next));
  });

  it("is strictly later, at most a week away, with only closed days between", () => {
    fc.assert(
      fc.property(anyDate, (after) => {
        const next = nextTradingDay(after).date;
        const away = after.until(next).days;
        expect(away).toBeGreaterThan(0);
        expect(away).toBeLessThanOrEqual(after.year === 2001 ? 7 : 5);
        for (let days = 1; days < away; days++) expect(marketDay(after.add({ days })).kind).toBe("closed");
      }),
    );
  });
});

describe("marketPhase", () => {
  it.each([
    ["2026-11-27T14:29:59.999999999Z", "before-open"],
    ["2026-11-27T14:30:00Z", "open"],
    ["2026-11-27T17:59:59.999999999Z", "open"],
    ["2026-11-27T18:00:00Z", "after-close"],
  ])("at %s of an early-close day is %s", (now, phase) => {
    expect(marketPhase(marketDay(on("2026-11-27")), at(now))).toBe(phase);
  });

  it("is closed all day on a holiday", () => {
    expect(marketPhase(marketDay(on("2026-11-26")), at("2026-11-26T15:00:00Z"))).toBe("closed");
  });
});

describe("newYorkDate", () => {
  it.each([
    ["2026-03-09T03:59:59Z", "2026-03-08"], // 23:59:59 EDT
    ["2026-03-09T04:00:00Z", "2026-03-09"],
    ["2026-11-02T04:59:59Z", "2026-11-01"], // 23:59:59 EST
    ["2026-11-02T05:00:00Z", "2026-11-02"],
  ])("at %s is %s", (now, date) => {
    expect(newYorkDate(at(now))).toEqual(on(date));
  });
});

it("had its closures reviewed within the years NYSE has announced", () => {
  expect(closuresReviewedOn.year).toBeLessThanOrEqual(announcedThroughYear);
});

const anyDate = fc
  .integer({ min: 0, max: Math.trunc(on("1998-01-01").until(on("2060-12-31")).days) })
  .map((days) => on("1998-01-01").add({ days }));

function shapeOf(date: string): "closed" | "early" | "full" {
  const day = marketDay(on(date));
  if (day.kind === "closed") return "closed";
  return day.earlyClose ? "early" : "full";
}
