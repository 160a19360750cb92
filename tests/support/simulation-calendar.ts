// What the New York Stock Exchange did in the simulated years, copied from its own notices: no rule of ours is in here.

/** nyse.com, "Holidays and Trading Hours", 2026 and 2027. */
const holidays = new Set([
  "2026-01-01",
  "2026-01-19",
  "2026-02-16",
  "2026-04-03",
  "2026-05-25",
  "2026-06-19",
  "2026-07-03",
  "2026-09-07",
  "2026-11-26",
  "2026-12-25",
  "2027-01-01",
  "2027-01-18",
  "2027-02-15",
  "2027-03-26",
  "2027-05-31",
  "2027-06-18",
  "2027-07-05",
  "2027-09-06",
  "2027-11-25",
  "2027-12-24",
]);

const closesAtOne = new Set(["2026-11-27", "2026-12-24", "2027-11-26"]);

/** Both nights of both years on which New York changes its clocks. */
export const clockChanges: readonly string[] = ["2026-03-08", "2026-11-01", "2027-03-14", "2027-11-07"];

/** 261 weekdays a year, less ten holidays. */
export const tradingDays = 502;

/** When the owner has to be asked: the minutes before the open, and the time on the wall. */
export const slots = [
  { minutes: 60, time: "08:30" },
  { minutes: 30, time: "09:00" },
  { minutes: 15, time: "09:15" },
  { minutes: 0, time: "09:30" },
] as const;

export interface SimulatedDay {
  /** For example "2026-03-08". */
  readonly date: string;
  readonly isTrading: boolean;
  /** On the wall in New York. */
  readonly closesAt: string;
}

export function simulatedDays(first: string, last: string): readonly SimulatedDay[] {
  const count = Temporal.PlainDate.from(first).until(last).days;
  return Array.from({ length: count + 1 }, (_, index) => {
    const day = Temporal.PlainDate.from(first).add({ days: index });
    const date = day.toString();
    const isTrading = day.dayOfWeek <= 5 && !holidays.has(date);
    return { date, isTrading, closesAt: closesAtOne.has(date) ? "13:00" : "16:00" };
  });
}

/** A time on the wall in New York; 02:30 of a spring night is read as 03:30. */
export function newYork(date: string, time: string): Temporal.Instant {
  return Temporal.ZonedDateTime.from(`${date}T${time}[America/New_York]`).toInstant();
}
