// Pure. What a fire drill was worth: seconds per step, points by a published table, and what to mend.
import type { Drill, DrillSteps } from "./drill.ts";
import { rehearsalConsumer } from "./drill.ts";
import type { Try } from "./notice.ts";

export type StepName = "alerted" | "acknowledged" | "begun" | "authorized" | "renewed" | "published" | "confirmed";

export interface ReportedStep {
  readonly name: StepName;
  readonly at: Temporal.Instant | null;
  /** Since the step before it that happened; null where it did not happen. */
  readonly seconds: number | null;
  /** Within so many seconds it counts in full; null where it counts nothing. */
  readonly limitSeconds: number | null;
  readonly points: number;
  readonly outOf: number;
}

export interface DrillReport {
  readonly steps: readonly ReportedStep[];
  readonly tries: readonly Try[];
  /** 0 to 100. */
  readonly score: number;
  /** What to mend, a sentence each; empty where there is nothing. */
  readonly advice: readonly string[];
}

/** Each of the five: 20 points in time, 10 late, 0 never. The README has this table. */
const worth = 20;
const late = worth / 2;
export const limits: Readonly<Partial<Record<StepName, number>>> = {
  alerted: 30,
  begun: 5 * 60,
  renewed: 60,
  published: 10,
  confirmed: 30,
};

const fields: Readonly<Record<StepName, keyof DrillSteps>> = {
  alerted: "alertedAt",
  acknowledged: "acknowledgedAt",
  begun: "begunAt",
  // What lies between the link and the code is the person's login: told, not rated.
  authorized: "authorizedAt",
  renewed: "renewedAt",
  published: "publishedAt",
  confirmed: "confirmedAt",
};
const names = ["alerted", "acknowledged", "begun", "authorized", "renewed", "published", "confirmed"] as const;

export function reportOf(drill: Drill): DrillReport {
  const steps = reportedSteps(drill);
  return {
    steps,
    tries: drill.tries,
    score: steps.reduce((sum, { points }) => sum + points, 0),
    advice: adviceOn(drill, steps),
  };
}

function reportedSteps({ steps, rangAt, confirmedBy }: Drill): ReportedStep[] {
  let before = rangAt;
  return names.map((name) => {
    const at = steps[fields[name]];
    // Renewing alone counts from the code, and the answer "I'm on it" takes nothing off the time to begin.
    const since = name === "begun" ? (steps.alertedAt ?? rangAt) : before;
    const seconds = at === null || since === null ? null : Math.max(0, secondsBetween(since, at));
    if (at !== null && name !== "acknowledged") before = at;
    const limitSeconds = limits[name] ?? null;
    const points = pointsFor(seconds, limitSeconds, name === "confirmed" && confirmedBy === rehearsalConsumer);
    return { name, at, seconds, limitSeconds, points, outOf: limitSeconds === null ? 0 : worth };
  });
}

function pointsFor(seconds: number | null, limitSeconds: number | null, rehearsed: boolean): number {
  if (limitSeconds === null || seconds === null) return 0;
  return seconds <= limitSeconds && !rehearsed ? worth : late;
}

function adviceOn({ state, confirmedBy }: Drill, steps: readonly ReportedStep[]): string[] {
  if (state === "planned" || state === "running" || state === "cancelled") return [];
  const missing = steps.find(({ outOf, seconds }) => outOf > 0 && seconds === null);
  const slow = steps.filter(
    ({ name, seconds, limitSeconds }) =>
      seconds !== null &&
      limitSeconds !== null &&
      seconds > limitSeconds &&
      !(name === "confirmed" && confirmedBy === rehearsalConsumer),
  );
  return [
    ...slow.map(({ name, seconds, limitSeconds }) => `${whatTook[name]} ${seconds} s; ${limitSeconds} s is the aim.`),
    ...(missing === undefined ? [] : [whatIsMissing[missing.name]]),
    ...(confirmedBy === rehearsalConsumer ? [rehearsed] : []),
  ];
}

const whatTook: Readonly<Record<StepName, string>> = {
  alerted: "The alert took",
  acknowledged: "The answer took",
  begun: "From the alert to the first tap it took",
  authorized: "The login took",
  renewed: "Proving and storing the token took",
  published: "The event took",
  confirmed: "The trading system's confirmation took",
};

const whatIsMissing: Readonly<Record<StepName, string>> = {
  alerted: "No channel took the alert. The channels in the settings say why; each has a test button.",
  acknowledged: "Nobody answered.",
  begun: "Nobody began within 15 minutes. Is the phone's sound on for these messages, and is there a second channel?",
  authorized: "The code never came back.",
  renewed: "It was begun, and no code came back that worked. The journal says what happened.",
  published: "The event did not reach the trading system. npm run prebell -- doctor looks at every link.",
  confirmed: "Nothing confirmed that it runs on the new version.",
};

const rehearsed =
  "No trading system confirmed within 60 seconds, so a built-in one took its place. Let yours POST the version of the event to /api/connections/drill/confirmations.";

function secondsBetween(from: Temporal.Instant, to: Temporal.Instant): number {
  return Math.round(to.since(from).total("seconds") * 10) / 10;
}
