// Pure. Times and spans in words, for the chat and the journal.

/** "6 d 2 h", "7 d", "3 h 5 min", "4 min": the two largest units, rounded down. */
function spanWords(span: Temporal.Duration): string {
  const { days, hours, minutes } = span.round({
    largestUnit: "days",
    smallestUnit: "minutes",
    roundingMode: "floor",
  });
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}

export function secondsWords(seconds: number): string {
  return spanWords(Temporal.Duration.from({ seconds: Math.floor(seconds) }));
}

/** "lived 6 d 2 h, the rule says 7 d" */
export function earlyDeathWords(livedSeconds: number, ruleSeconds: number): string {
  return `lived ${secondsWords(livedSeconds)}, the rule says ${secondsWords(ruleSeconds)}`;
}

/** "Thu 19 Mar, 10:31 New York time" */
export function newYorkMoment(at: Temporal.Instant): string {
  const there = at.toZonedDateTimeISO("America/New_York");
  const date = there.toPlainDate();
  const weekday = date.toLocaleString("en-GB", { weekday: "short" });
  const day = date.toLocaleString("en-GB", { day: "numeric", month: "short" });
  return `${weekday} ${day}, ${there.toPlainTime().toString({ smallestUnit: "minute" })} New York time`;
}

/** "09:02", or "09:02:04": the market's wall clock. */
export function newYorkTime(at: Temporal.Instant, precision: "minutes" | "seconds"): string {
  const there = at.toZonedDateTimeISO("America/New_York").toPlainTime();
  return there.toString({ smallestUnit: precision === "minutes" ? "minute" : "second" });
}
