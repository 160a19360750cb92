// Pure. When the New York Stock Exchange trades: holidays and early closes by rule, the exceptions from market-closures.ts.
import { oneOffClosures, oneOffEarlyCloses } from "./market-closures.ts";

export { announcedThroughYear, closuresReviewedOn } from "./market-closures.ts";

export interface TradingDay {
  readonly kind: "trading";
  readonly date: Temporal.PlainDate;
  readonly open: Temporal.Instant;
  readonly close: Temporal.Instant;
  readonly earlyClose: boolean;
  /** Why it closes early, for example "Christmas Eve"; null on an ordinary day. */
  readonly occasion: string | null;
}

export interface ClosedDay {
  readonly kind: "closed";
  readonly date: Temporal.PlainDate;
  /** For example "Thanksgiving Day" or "Weekend". */
  readonly occasion: string;
}

export type MarketDay = TradingDay | ClosedDay;
export type MarketPhase = "before-open" | "open" | "after-close" | "closed";

/** Before 1998 other holidays and closing times were in force; such dates are refused. */
export const firstYear = 1998;

const newYork = "America/New_York";
const opening = Temporal.PlainTime.from("09:30");
const closing = Temporal.PlainTime.from("16:00");
const earlyClosing = Temporal.PlainTime.from("13:00");

const monday = 1;
const wednesday = 3;
const thursday = 4;
const friday = 5;

interface Rule {
  readonly occasion: string;
  /** Asked about weekdays only. */
  readonly falls: (date: Temporal.PlainDate) => boolean;
}

function isNth(nth: number, dayOfWeek: number, month: number, date: Temporal.PlainDate): boolean {
  return date.month === month && date.dayOfWeek === dayOfWeek && Math.ceil(date.day / 7) === nth;
}

/** A fixed date; on a Saturday kept the Friday before, on a Sunday the Monday after (NYSE Rule 7.2). */
function isObserved(month: number, day: number, date: Temporal.PlainDate): boolean {
  if (date.month !== month) return false;
  return (
    date.day === day ||
    (date.day === day - 1 && date.dayOfWeek === friday) ||
    (date.day === day + 1 && date.dayOfWeek === monday)
  );
}

function isGoodFriday(date: Temporal.PlainDate): boolean {
  // Easter falls between 22 March and 25 April.
  if (date.dayOfWeek !== friday || date.month < 3 || date.month > 4) return false;
  return date.add({ days: 2 }).equals(easterSunday(date.year));
}

/** Gregorian computus; J. Meeus, "Astronomical Algorithms", chapter 8. */
function easterSunday(year: number): Temporal.PlainDate {
  const lunar = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const moonDrift = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * lunar + century - Math.floor(century / 4) - moonDrift + 15) % 30;
  const toSunday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const late = Math.floor((lunar + 11 * epact + 22 * toSunday) / 451);
  const dayOfMarch = epact + toSunday - 7 * late + 22;
  return Temporal.PlainDate.from({ year, month: 3, day: 1 }).add({ days: dayOfMarch - 1 });
}

const holidays: readonly Rule[] = [
  {
    occasion: "New Year's Day",
    // On a Saturday it is not kept at all: the Friday ends the year's accounts (NYSE Rule 7.2).
    falls: (date) => date.month === 1 && (date.day === 1 || (date.day === 2 && date.dayOfWeek === monday)),
  },
  { occasion: "Martin Luther King, Jr. Day", falls: (date) => isNth(3, monday, 1, date) },
  { occasion: "Washington's Birthday", falls: (date) => isNth(3, monday, 2, date) },
  { occasion: "Good Friday", falls: isGoodFriday },
  { occasion: "Memorial Day", falls: (date) => date.month === 5 && date.dayOfWeek === monday && date.day > 24 },
  { occasion: "Juneteenth", falls: (date) => date.year >= 2022 && isObserved(6, 19, date) },
  { occasion: "Independence Day", falls: (date) => isObserved(7, 4, date) },
  { occasion: "Labor Day", falls: (date) => isNth(1, monday, 9, date) },
  { occasion: "Thanksgiving Day", falls: (date) => isNth(4, thursday, 11, date) },
  { occasion: "Christmas Day", falls: (date) => isObserved(12, 25, date) },
];

/** Asked only about days that are no holiday, so neither Friday 3 July nor Friday 24 December gets here. */
const earlyCloses: readonly Rule[] = [
  {
    occasion: "Day before Independence Day",
    falls: (date) => date.month === 7 && date.day === 3 && (date.dayOfWeek !== wednesday || date.year >= 2013),
  },
  {
    // Until 2013 a Thursday holiday shortened the Friday after it instead: 5 July 2002.
    occasion: "Day after Independence Day",
    falls: (date) => date.month === 7 && date.day === 5 && date.dayOfWeek === friday && date.year < 2013,
  },
  {
    occasion: "Day after Thanksgiving",
    falls: (date) => date.month === 11 && date.dayOfWeek === friday && date.day >= 23 && date.day <= 29,
  },
  { occasion: "Christmas Eve", falls: (date) => date.month === 12 && date.day === 24 },
];

function occasionIn(
  rules: readonly Rule[],
  oneOffs: ReadonlyMap<string, string>,
  date: Temporal.PlainDate,
): string | null {
  return rules.find((rule) => rule.falls(date))?.occasion ?? oneOffs.get(date.toString()) ?? null;
}

/** The date on the wall in New York. */
export function newYorkDate(now: Temporal.Instant): Temporal.PlainDate {
  return now.toZonedDateTimeISO(newYork).toPlainDate();
}

/** What the exchange does on a New York date. Throws a RangeError for dates before `firstYear`. */
export function marketDay(date: Temporal.PlainDate): MarketDay {
  if (date.year < firstYear)
    throw new RangeError(`The market calendar begins in ${firstYear}; ${date.toString()} is too early.`);
  if (date.dayOfWeek > friday) return { kind: "closed", date, occasion: "Weekend" };
  const closedFor = occasionIn(holidays, oneOffClosures, date);
  if (closedFor !== null) return { kind: "closed", date, occasion: closedFor };
  const occasion = occasionIn(earlyCloses, oneOffEarlyCloses, date);
  const earlyClose = occasion !== null;
  const at = (plainTime: Temporal.PlainTime) => date.toZonedDateTime({ timeZone: newYork, plainTime }).toInstant();
  return {
    kind: "trading",
    date,
    open: at(opening),
    close: at(earlyClose ? earlyClosing : closing),
    earlyClose,
    occasion,
  };
}

/** The first trading day strictly after a New York date. */
export function nextTradingDay(after: Temporal.PlainDate): TradingDay {
  let date = after.add({ days: 1 });
  for (;;) {
    const day = marketDay(date);
    if (day.kind === "trading") return day;
    date = date.add({ days: 1 });
  }
}

/** Where `now` falls in that day's trading: from the open on "open", from the close on "after-close". */
export function marketPhase(day: MarketDay, now: Temporal.Instant): MarketPhase {
  if (day.kind === "closed") return "closed";
  if (Temporal.Instant.compare(now, day.open) < 0) return "before-open";
  return Temporal.Instant.compare(now, day.close) < 0 ? "open" : "after-close";
}
