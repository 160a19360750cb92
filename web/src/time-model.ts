// Pure. Instants (ISO strings or milliseconds) as words, in New York's time and in the person's (no `zone`: the device's).
export const marketZone = "America/New_York";

/** "12:00 AM" in `zone`. */
export function timeOfDay(at: string | number, zone?: string): string {
  const { hour, minute } = wallClock(at, zone);
  return `${hour % 12 || 12}:${minute} ${half(hour)}`;
}

/** "9:02:04 AM" in `zone`. */
export function timeWithSeconds(at: string | number, zone?: string): string {
  const { hour, minute, second } = wallClock(at, zone);
  return `${hour % 12 || 12}:${minute}:${second} ${half(hour)}`;
}

/** "Fri, Nov 27" in `zone`. */
export function dayName(at: string | number, zone?: string): string {
  const { weekday, month, day } = wallClock(at, zone);
  return `${weekday}, ${monthNames[month - 1]} ${day}`;
}

/** The time of day, with the day in front unless it is `now`'s: "12:00 AM" or "Mon, Nov 23, 12:00 AM". */
export function timeNear(at: string | number, now: number, zone?: string): string {
  const time = timeOfDay(at, zone);
  return dayName(at, zone) === dayName(now, zone) ? time : `${dayName(at, zone)}, ${time}`;
}

/** "12:00 AM ET", with the day in front unless it is today. The page speaks New York's time, as its broker's clocks do. */
export function marketTime(at: string | number, now: number): string {
  return `${timeNear(at, now, marketZone)} ET`;
}

/** "12:00 AM ET · 9:00 PM your time"; the second half only where the clocks differ. */
export function bothTimes(at: string | number, now: number, zone?: string): string {
  // People read "12:00 AM" as tonight's midnight, so that one needs no date, though its date is tomorrow's.
  const isTonight = placeInMarketDay(at, dateOf(wallClock(now, marketZone))) === 1;
  const market = isTonight ? `${timeOfDay(at, marketZone)} ET` : marketTime(at, now);
  if (isMarketZone(at, zone)) return market;
  const sameDay = dayName(at, zone) === dayName(at, marketZone);
  return `${market} · ${sameDay ? timeOfDay(at, zone) : timeNear(at, now, zone)} your time`;
}

/** Whether `zone` shows the same wall clock as New York at that instant. */
export function isMarketZone(at: string | number, zone?: string): boolean {
  return dayName(at, zone) === dayName(at, marketZone) && timeOfDay(at, zone) === timeOfDay(at, marketZone);
}

/** Where an instant lies in the New York day `date` ("2026-11-20"), 0 to 1; null outside. Its closing midnight is 1. */
export function placeInMarketDay(at: string | number, date: string): number | null {
  const wall = wallClock(at, marketZone);
  const minutes = wall.hour * 60 + Number(wall.minute);
  if (dateOf(wall) === date) return minutes / (24 * 60);
  const justBefore = wallClock(new Date(at).getTime() - 1, marketZone);
  return minutes === 0 && dateOf(justBefore) === date ? 1 : null;
}

interface WallClock {
  weekday: string;
  year: string;
  month: number;
  day: number;
  hour: number;
  minute: string;
  second: string;
}

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const half = (hour: number): string => (hour < 12 ? "AM" : "PM");

const dateOf = ({ year, month, day }: WallClock): string =>
  [year, String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-");

/** One format per zone, taken apart: each further one would cost a slow phone some ten milliseconds at start. */
const formats = new Map<string | undefined, Intl.DateTimeFormat>();

function wallClock(at: string | number, timeZone?: string): WallClock {
  const known = formats.get(timeZone);
  const format =
    known ??
    new Intl.DateTimeFormat("en-US", {
      ...(timeZone ? { timeZone } : {}),
      // hourCycle, not hour12: the latter gives midnight the hour 24.
      hourCycle: "h23",
      weekday: "short",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
    });
  if (known === undefined) formats.set(timeZone, format);
  const parts = new Map(format.formatToParts(new Date(at)).map(({ type, value }) => [type, value]));
  const text = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? "";
  return {
    weekday: text("weekday"),
    year: text("year"),
    month: Number(text("month")),
    day: Number(text("day")),
    hour: Number(text("hour")),
    minute: text("minute"),
    second: text("second"),
  };
}
