import { describe, expect, it } from "vitest";
import { marketDay } from "../../../server/domain/trading-calendar.ts";

const saturday = 6;

function daysOf(year: number): Temporal.PlainDate[] {
  const first = Temporal.PlainDate.from({ year, month: 1, day: 1 });
  return Array.from({ length: first.daysInYear }, (_, days) => first.add({ days }));
}

const monthAndDay = (date: Temporal.PlainDate) => date.toString().slice(5);

const closedWeekdays = (year: number) =>
  daysOf(year).filter((date) => date.dayOfWeek < saturday && marketDay(date).kind === "closed");

describe("marketDay over whole years", () => {
  // NYSE Group's notices of 27 December 2021, 8 November 2024 and 23 December 2025; 2025 also lost 9 January.
  it.each([
    [2022, "01-17 02-21 04-15 05-30 06-20 07-04 09-05 11-24 12-26"],
    [2023, "01-02 01-16 02-20 04-07 05-29 06-19 07-04 09-04 11-23 12-25"],
    [2024, "01-01 01-15 02-19 03-29 05-27 06-19 07-04 09-02 11-28 12-25"],
    [2025, "01-01 01-09 01-20 02-17 04-18 05-26 06-19 07-04 09-01 11-27 12-25"],
    [2026, "01-01 01-19 02-16 04-03 05-25 06-19 07-03 09-07 11-26 12-25"],
    [2027, "01-01 01-18 02-15 03-26 05-31 06-18 07-05 09-06 11-25 12-24"],
    [2028, "01-17 02-21 04-14 05-29 06-19 07-04 09-04 11-23 12-25"],
  ])("closes on exactly the weekdays NYSE announced for %i", (year, closed) => {
    expect(closedWeekdays(year).map(monthAndDay).join(" ")).toBe(closed);
  });

  // To 2022 as listed session by session in the open exchange_calendars project (XNYS), then NYSE's notices.
  it.each([
    [1998, 252, "11-27 12-24"],
    [1999, 252, "11-26 12-31"],
    [2000, 252, "07-03 11-24"],
    [2001, 248, "07-03 11-23 12-24"],
    [2002, 252, "07-05 11-29 12-24"],
    [2003, 252, "07-03 11-28 12-24 12-26"],
    [2004, 252, "11-26"],
    [2005, 252, "11-25"],
    [2006, 251, "07-03 11-24"],
    [2007, 251, "07-03 11-23 12-24"],
    [2008, 253, "07-03 11-28 12-24"],
    [2009, 252, "11-27 12-24"],
    [2010, 252, "11-26"],
    [2011, 252, "11-25"],
    [2012, 250, "07-03 11-23 12-24"],
    [2013, 252, "07-03 11-29 12-24"],
    [2014, 252, "07-03 11-28 12-24"],
    [2015, 252, "11-27 12-24"],
    [2016, 252, "11-25"],
    [2017, 251, "07-03 11-24"],
    [2018, 251, "07-03 11-23 12-24"],
    [2019, 252, "07-03 11-29 12-24"],
    [2020, 253, "11-27 12-24"],
    [2021, 252, "11-26"],
    [2022, 251, "11-25"],
    [2023, 250, "07-03 11-24"],
    [2024, 252, "07-03 11-29 12-24"],
    [2025, 250, "07-03 11-28 12-24"],
    [2026, 251, "11-27 12-24"],
    [2027, 251, "11-26"],
    [2028, 251, "07-03 11-24"],
  ])("trades in %i on %i days, of which these close early: %s", (year, count, early) => {
    const trading = daysOf(year)
      .map(marketDay)
      .filter((day) => day.kind === "trading");
    const shortened = trading.filter((day) => day.earlyClose);
    expect(trading).toHaveLength(count);
    expect(shortened.map((day) => monthAndDay(day.date)).join(" ")).toBe(early);
  });

  it("names every holiday of a year", () => {
    expect(closedWeekdays(2026).map((date) => marketDay(date).occasion)).toEqual([
      "New Year's Day",
      "Martin Luther King, Jr. Day",
      "Washington's Birthday",
      "Good Friday",
      "Memorial Day",
      "Juneteenth",
      "Independence Day",
      "Labor Day",
      "Thanksgiving Day",
      "Christmas Day",
    ]);
  });
});
