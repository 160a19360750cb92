// Pure. How a stretch of time is shown, spoken and announced. All arguments are milliseconds.
const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export interface CountdownPart {
  figure: string;
  unit: string;
}

/** The visible figures: days and hours, hours and minutes, or below one hour minutes and seconds. Never below zero. */
export function countdownParts(ms: number): CountdownPart[] {
  const left = Math.max(0, ms);
  if (left >= dayMs) return [part(left / dayMs, "d"), part((left % dayMs) / hourMs, "h")];
  if (left >= hourMs) return [part(left / hourMs, "h"), part((left % hourMs) / minuteMs, "m")];
  return [{ figure: `${pad(left / minuteMs)}:${pad((left % minuteMs) / secondMs)}`, unit: "" }];
}

/** The same figures as one string: "1 h 12 m", "57:42". */
export function countdownText(ms: number): string {
  return countdownParts(ms)
    .map(({ figure, unit }) => (unit ? `${figure} ${unit}` : figure))
    .join(" ");
}

/** For a screen reader: "1 hour 12 minutes", "less than a minute". */
export function spokenDuration(ms: number): string {
  if (ms < minuteMs) return "less than a minute";
  const units: [number, string][] = [
    [Math.floor(ms / dayMs), "day"],
    [Math.floor((ms % dayMs) / hourMs), "hour"],
    [ms >= dayMs ? 0 : Math.floor((ms % hourMs) / minuteMs), "minute"],
  ];
  return units
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`)
    .join(" ");
}

/** A screen reader hears the time left at these minutes and is left alone between them. */
const announcedMinutes = [60, 30, 15, 5, 1];

/** The mark that was passed on the way from `before` down to `after`; null if none. The lowest wins after a long sleep. */
export function passedMark(before: number, after: number): number | null {
  const passed = announcedMinutes.filter((minutes) => before > minutes * minuteMs && after <= minutes * minuteMs);
  return passed.at(-1) ?? null;
}

function part(value: number, unit: string): CountdownPart {
  return { figure: String(Math.floor(value)), unit };
}

function pad(value: number): string {
  return String(Math.floor(value)).padStart(2, "0");
}
