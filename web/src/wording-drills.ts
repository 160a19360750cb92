// Every word about fire drills.
import type { DrillStepView, DrillView } from "../../server/http/contract-drills.ts";
import { bothTimes, marketTime } from "./time-model.ts";

export const drillWords = {
  title: "Fire drill",
  why: "The whole morning with your real channels and a practice broker: alert, renewal, event, confirmation. No real connection or token is touched.",
  now: "Run a fire drill now",
  at: "Or at this time, on your clock",
  plan: "Plan it",
  running: "🧪 The drill is running.",
  renew: "Renew as on a real morning",
  cancel: "Call it off",
  channels: "Channels",
  advice: "What to mend",
  nothingToMend: "Nothing to mend.",
  earlier: "Earlier drills",
  outOf: "of 100",
};

const stepNames: Readonly<Record<DrillStepView["name"], string>> = {
  alerted: "Alert delivered",
  acknowledged: "Answered",
  begun: "Renewal begun",
  authorized: "Code came back",
  renewed: "Proven and stored",
  published: "Event published",
  confirmed: "Confirmed",
};

export function stepName({ name }: DrillStepView, { confirmedBy }: DrillView): string {
  if (name !== "confirmed" || confirmedBy === null) return stepNames[name];
  return confirmedBy === "rehearsal" ? "Confirmed by the built-in consumer" : `Confirmed by ${confirmedBy}`;
}

/** "4 s", "2 min 5 s"; while it may still happen nothing is called missing. */
export function stepTime({ seconds }: DrillStepView, { state }: DrillView): string {
  if (seconds === null) return state === "running" ? "…" : "never";
  return span(seconds);
}

/** "20 of 20 · aim: 30 s" */
export function stepPoints({ limitSeconds, points, outOf }: DrillStepView): string {
  return limitSeconds === null ? "not rated" : `${points} of ${outOf} · aim: ${span(limitSeconds)}`;
}

function span(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const [minutes, rest] = [Math.floor(seconds / 60), Math.round(seconds % 60)];
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
}

export function plannedSentence({ at }: DrillView, now: number): string {
  return `Planned for ${bothTimes(at, now)}.`;
}

const ends: Readonly<Record<"done" | "missed" | "failed", string>> = {
  done: "The loop closed.",
  missed: "Nobody answered.",
  failed: "The loop did not close.",
};

export function endSentence({ state, reason }: DrillView): string {
  if (state === "done" || state === "missed" || state === "failed") return ends[state];
  return `Called off.${reason === null ? "" : ` ${reason}`}`;
}

/** "Nov 20, 4:30 PM: 90 of 100" */
export function earlierLine(drill: DrillView, now: number): string {
  const when = bothTimes(drill.rangAt ?? drill.at, now);
  return `${when}: ${drill.score === null ? "called off" : `${drill.score} ${drillWords.outOf}`}`;
}

/** "delivered in 0.4 s" */
export function channelNote({ milliseconds, failure }: DrillView["channels"][number]): string {
  const seconds = `${Math.round(milliseconds / 100) / 10} s`;
  return failure === null ? `delivered in ${seconds}` : `${failure} (after ${seconds})`;
}

export function saidAtEnd(drill: DrillView): string {
  return drill.score === null ? endSentence(drill) : `${endSentence(drill)} ${drill.score} ${drillWords.outOf}.`;
}

export function rangSentence(drill: DrillView, now: number): string {
  return `It rang at ${marketTime(drill.rangAt ?? drill.at, now)} and waits for 15 minutes.`;
}
