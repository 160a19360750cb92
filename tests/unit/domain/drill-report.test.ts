import { describe, expect, it } from "vitest";
import {
  type Drill,
  type DrillSteps,
  endOf,
  isRehearsalDue,
  newDrill,
  rehearsalConsumer,
} from "../../../server/domain/drill.ts";
import { limits, reportOf, type StepName } from "../../../server/domain/drill-report.ts";
import { at } from "../../support/builders.ts";

const rang = at("2026-03-10T20:00:00Z");
const order = ["alerted", "begun", "authorized", "renewed", "published", "confirmed"] as const;
type Durations = Readonly<Record<(typeof order)[number], number | null>>;
const swift: Durations = { alerted: 2, begun: 40, authorized: 55, renewed: 3, published: 1, confirmed: 4 };

/** Each step so many seconds after the one before it; null: neither it nor what follows happened. */
function aDrill(durations: Durations, confirmedBy: string | null = "opening-bell-bot"): Drill {
  let now: Temporal.Instant | null = rang;
  const steps: Record<string, Temporal.Instant | null> = {};
  for (const name of order) {
    const seconds = durations[name];
    now = now === null || seconds === null ? null : now.add({ milliseconds: Math.round(seconds * 1000) });
    steps[`${name}At`] = now;
  }
  const base = newDrill({ id: "drill-1", personId: "owner", createdAt: rang, dueAt: rang, tokenVersion: 0 });
  return {
    ...base,
    state: now === null ? "failed" : "done",
    rangAt: rang,
    steps: { ...base.steps, ...steps, acknowledgedAt: steps["begunAt"] ?? null } satisfies DrillSteps,
    confirmedBy: now === null ? null : confirmedBy,
  };
}

const scoreOf = (durations: Durations) => reportOf(aDrill(durations)).score;

describe("the report", () => {
  it("gives 100 to a loop that closed in time, however long the person's login took, and nothing to mend", () => {
    const { score, advice, steps } = reportOf(aDrill({ ...swift, authorized: 500 }));
    expect([score, advice]).toEqual([100, []]);
    expect(steps.map(({ name, seconds, points }) => [name, seconds, points])).toEqual([
      ["alerted", 2, 20],
      ["acknowledged", 40, 0],
      ["begun", 40, 20],
      ["authorized", 500, 0],
      ["renewed", 3, 20],
      ["published", 1, 20],
      ["confirmed", 4, 20],
    ]);
  });

  it.each(Object.entries(limits))(
    "counts %s in full up to its limit and half beyond it, and says by how much",
    (name, limit) => {
      expect(scoreOf({ ...swift, [name]: limit })).toBe(100);
      const late = reportOf(aDrill({ ...swift, [name]: limit + 0.1 }));
      expect([late.score, late.advice.length]).toEqual([90, 1]);
      expect(late.advice[0]).toContain(`${limit} s is the aim`);
    },
  );

  it.each<[StepName, number, RegExp]>([
    ["alerted", 0, /No channel took the alert/],
    ["begun", 20, /Nobody began/],
    ["renewed", 40, /no code came back that worked/],
    ["published", 60, /did not reach the trading system/],
    ["confirmed", 80, /Nothing confirmed/],
  ])("names %s where it never happened, and rates what came before", (name, score, words) => {
    const report = reportOf(aDrill({ ...swift, [name]: null }));
    expect(report.score).toBe(score);
    expect(report.advice).toEqual([expect.stringMatching(words)]);
  });

  it("counts a confirmation by the built-in consumer half, and says what the trading system would have to do", () => {
    const report = reportOf(aDrill({ ...swift, confirmed: 61 }, rehearsalConsumer));
    expect([report.score, report.advice]).toEqual([
      90,
      [expect.stringContaining("/api/connections/drill/confirmations")],
    ]);
  });

  it("advises nothing while the drill runs", () => {
    const running: Drill = { ...aDrill({ ...swift, renewed: null }), state: "running" };
    expect(reportOf(running).advice).toEqual([]);
  });

  it("never rises when a step takes longer, or does not happen", () => {
    // A small generator of its own: the same drills at every run.
    let seed = 7;
    const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
    const span = () => random() ** 3 * 600;
    for (let round = 0; round < 500; round += 1) {
      const durations: Durations = {
        alerted: span(),
        begun: span(),
        authorized: span(),
        renewed: span(),
        published: span(),
        confirmed: span(),
      };
      const name = order[Math.floor(random() * order.length)] ?? "begun";
      const before = scoreOf(durations);
      const slower = scoreOf({ ...durations, [name]: (durations[name] ?? 0) + random() * 400 });
      expect([name, slower <= before, scoreOf({ ...durations, [name]: null }) <= slower]).toEqual([name, true, true]);
      expect(before).toBeGreaterThanOrEqual(0);
      expect(before).toBeLessThanOrEqual(100);
    }
  });
});

describe("a drill ends", () => {
  const quarter = rang.add({ minutes: 15 });
  const justBefore = quarter.subtract({ seconds: 1 });

  it.each([
    ["at once when somebody confirmed", swift, rang, "done"],
    ["after a quarter of an hour that nobody began in", { ...swift, begun: null }, quarter, "missed"],
    ["and not before", { ...swift, begun: null }, justBefore, null],
    ["after a quarter of an hour in which it was begun", { ...swift, renewed: null }, quarter, "failed"],
  ] as const)("%s", (_case, durations, now, end) => {
    const drill = aDrill(durations);
    expect(endOf(drill, drill, now)).toBe(end);
  });

  it("with the built-in consumer's help only a minute after the event went out", () => {
    const silent = aDrill({ ...swift, confirmed: null });
    const published = silent.steps.publishedAt ?? rang;
    expect(isRehearsalDue(silent, published.add({ seconds: 59 }))).toBe(false);
    expect(isRehearsalDue(silent, published.add({ seconds: 60 }))).toBe(true);
    expect(isRehearsalDue(aDrill(swift), published.add({ hours: 1 }))).toBe(false);
    expect(isRehearsalDue(aDrill({ ...swift, published: null }), published.add({ hours: 1 }))).toBe(false);
  });
});
