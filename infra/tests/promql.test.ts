// The alarm's New York clock against Temporal's: PromQL has no time zones, so the rule for daylight saving is in the query.
import { runInThisContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { missingBetween, newYorkMinutes, weekday } from "../promql.ts";

/** PromQL's arithmetic on times is JavaScript's, once its functions are numbers and `bool` is dropped. */
function evaluate(query: string, instant: Temporal.Instant): number {
  const utc = instant.toZonedDateTimeISO("UTC");
  const functions: Record<string, number> = {
    hour: utc.hour,
    minute: utc.minute,
    month: utc.month,
    day_of_month: utc.day,
    day_of_week: utc.dayOfWeek % 7,
  };
  const text = query.replaceAll(/(\w+)\(\)/g, (_, name) => String(functions[name])).replaceAll("bool", "");
  if (!/^[\d\s()+*<>=-]+$/.test(text)) throw new Error(`not arithmetic: ${text}`);
  return Number(runInThisContext(text));
}

describe("New York's minutes in PromQL", () => {
  it("are right at 08:45 and 09:44 of every day of twelve years", () => {
    const wrong: string[] = [];
    for (let day = Temporal.PlainDate.from("2026-01-01"); day.year < 2038; day = day.add({ days: 1 })) {
      for (const [time, minutes] of [
        ["08:45", 525],
        ["09:44", 584],
      ] as const) {
        const instant = day.toZonedDateTime({ timeZone: "America/New_York", plainTime: time }).toInstant();
        if (evaluate(newYorkMinutes, instant) !== minutes) wrong.push(`${day.toString()} ${time}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe("an alarm for what is missing", () => {
  it("asks for the counter, the weekday and the hour, in that order", () => {
    expect(missingBetween("runs", "90m", "08:45", "09:45").split("\n")).toEqual([
      '(sum(sum_over_time(logging_googleapis_com:user_runs{monitored_resource="cloud_run_revision"}[90m])) or vector(0)) == 0',
      `and on() ${weekday}`,
      `and on() (${newYorkMinutes} >= 525)`,
      `and on() (${newYorkMinutes} < 585)`,
    ]);
  });
});
