// Pure. Instants (ISO strings or milliseconds) as words, in New York's time and in the person's.
export const marketZone = "America/New_York";

/** "12:00 AM" in `zone`. */
export function timeOfDay(at: string | number, zone?: string): string {
  return format(at, { hour: "numeric", minute: "2-digit" }, zone);
}

/** "9:02:04 AM" in `zone`. */
export function timeWithSeconds(at: string | number, zone?: string): string {
  return format(at, { hour: "numeric", minute: "2-digit", second: "2-digit" }, zone);
}

/** "Fri, Nov 27" in `zone`. */
export function dayName(at: string | number, zone?: string): string {
  return format(at, { weekday: "short", month: "short", day: "numeric" }, zone);
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
  const market = `${isFirstMidnightAfter(at, now) ? timeOfDay(at, marketZone) : timeNear(at, now, marketZone)} ET`;
  const sameDay = dayName(at, zone) === dayName(at, marketZone);
  return isMarketZone(at, zone)
    ? market
    : `${market} · ${sameDay ? timeOfDay(at, zone) : timeNear(at, now, zone)} your time`;
}

/** Whether `zone` shows the same wall clock as New York at that instant. */
export function isMarketZone(at: string | number, zone?: string): boolean {
  return dayName(at, zone) === dayName(at, marketZone) && timeOfDay(at, zone) === timeOfDay(at, marketZone);
}

/** Where an instant lies in the New York day `date` ("2026-11-20"), 0 to 1; null outside. Its closing midnight is 1. */
export function placeInMarketDay(at: string | number, date: string): number | null {
  const instant = new Date(at);
  if (marketDate(instant) === date) return minutesOfMarketDay(instant) / (24 * 60);
  const justBefore = new Date(instant.getTime() - 1);
  return minutesOfMarketDay(instant) === 0 && marketDate(justBefore) === date ? 1 : null;
}

/** People read "12:00 AM" as tonight's midnight, so that one needs no date, though its date is tomorrow's. */
function isFirstMidnightAfter(at: string | number, now: number): boolean {
  return placeInMarketDay(at, marketDate(new Date(now))) === 1;
}

function marketDate(instant: Date): string {
  return formatter("en-CA", { dateStyle: "short" }, marketZone).format(instant);
}

function minutesOfMarketDay(instant: Date): number {
  // hourCycle, not hour12: the latter gives midnight the hour 24.
  const clock = formatter("en-US", { hourCycle: "h23", timeStyle: "short" }, marketZone);
  const [hours, minutes] = clock.format(instant).split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

function format(at: string | number, options: Intl.DateTimeFormatOptions, zone?: string): string {
  // Newer ICU puts a narrow no-break space before AM; an ordinary one compares and wraps as people expect.
  return formatter("en-US", options, zone).format(new Date(at)).replaceAll("\u202f", " ");
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Dear to build and asked for every second, hence kept. */
function formatter(locale: string, options: Intl.DateTimeFormatOptions, timeZone?: string): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options, timeZone]);
  const known =
    formatters.get(key) ?? new Intl.DateTimeFormat(locale, { ...options, ...(timeZone ? { timeZone } : {}) });
  formatters.set(key, known);
  return known;
}
