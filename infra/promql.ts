// Queries for alarms, as text. Pure.

/** Minutes since midnight in New York. PromQL knows only UTC, so the daylight saving rule (second Sunday of March to first
 * Sunday of November) is spelt out; right from 05:00 UTC on, when both places have the same date. */
export const newYorkMinutes = (() => {
  // The date of this week's Sunday; below 1 it lies in the month before.
  const sunday = "(day_of_month() - day_of_week())";
  const summer = [
    "(month() > bool 3) * (month() < bool 11)",
    `(month() == bool 3) * (${sunday} >= bool 8)`,
    `(month() == bool 11) * (${sunday} < bool 1)`,
  ].join(" + ");
  return `(hour() * 60 + minute() - 300 + 60 * (${summer}))`;
})();

export const weekday = "(day_of_week() > 0 and day_of_week() < 6)";

/** How often a log-based metric counted in the window. It has no points at all while nothing happens: that is 0 too. */
export function counted(metric: string, window: string): string {
  return `(sum(sum_over_time(logging_googleapis_com:user_${metric}{monitored_resource="cloud_run_revision"}[${window}])) or vector(0))`;
}

/** True on weekdays between the two New York times (each "HH:MM") while the metric has not counted in the window. */
export function missingBetween(metric: string, window: string, from: string, to: string): string {
  return [
    `${counted(metric, window)} == 0`,
    `and on() ${weekday}`,
    `and on() (${newYorkMinutes} >= ${minutes(from)})`,
    `and on() (${newYorkMinutes} < ${minutes(to)})`,
  ].join("\n");
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(":").map(Number);
  return hours * 60 + rest;
}
