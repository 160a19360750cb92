// The doctor at the clockwork that somebody else winds: did the scheduled runs happen, and would anybody notice if not.
import { marketDay, newYorkDate, type TradingDay } from "../domain/trading-calendar.ts";
import { lateAfter, type Run } from "../domain/clockwork.ts";
import type { Dependencies } from "./dependencies.ts";
import { ago, type Finding, found } from "./finding.ts";

/** The alert is due an hour before the open; a quarter of an hour is left for repetitions. */
const alertBeforeOpen = Temporal.Duration.from({ minutes: 60 });
const alertIsLate = Temporal.Duration.from({ minutes: 15 });

const lookAtJobs =
  "gcloud scheduler jobs list --location=REGION shows whether the job is there and what the service answered.";

export async function examineTick({ records, clock }: Pick<Dependencies, "records" | "clock">): Promise<Finding> {
  const run = newestOf(await records.lastRuns(), "tick");
  const now = clock();
  if (run === null) return found("tick", "warning", "Has never run.", lookAtJobs);
  const sentence = `Ran ${ago(run.at, now)}.`;
  if (Temporal.Duration.compare(now.since(run.at), lateAfter) > 0)
    return found("tick", "warning", `${sentence} It should every few minutes.`, lookAtJobs);
  return ended("tick", run, sentence);
}

export async function examineMorningAlert({
  records,
  clock,
}: Pick<Dependencies, "records" | "clock">): Promise<Finding> {
  const run = newestOf(await records.lastRuns(), "morning-alert");
  const now = clock();
  const subject = "morning alert";
  if (run === null)
    return found(
      subject,
      "warning",
      "Has never run. It is due an hour before the open, on trading days.",
      `If a trading day has gone by: ${lookAtJobs}`,
    );
  const sentence = `Ran ${ago(run.at, now)}.`;
  const due = lastAlertDue(now);
  if (Temporal.Instant.compare(run.at, due) < 0)
    return found(subject, "warning", `${sentence} It missed the one due ${ago(due, now)}.`, lookAtJobs);
  return ended(subject, run, sentence);
}

export function examineHeartbeat(isConfigured: boolean): Finding {
  return isConfigured
    ? found("heartbeat", "ok", "A watchdog elsewhere hears of every run.")
    : found(
        "heartbeat",
        "warning",
        "HEARTBEAT_URL is not set here. Unless the service has one, nobody outside this project would notice if the clockwork stopped.",
        "Make a check at a watchdog such as healthchecks.io, keep its address in the secret HEARTBEAT_URL, switch prebell:heartbeat on and run pulumi up.",
      );
}

function ended(subject: string, run: Run, sentence: string): Finding {
  return run.ok
    ? found(subject, "ok", sentence)
    : found(
        subject,
        "warning",
        `${sentence} Something was left that has to be tried again.`,
        "npm run prebell -- status names it; the service's log says why.",
      );
}

function newestOf(runs: readonly Run[], kind: Run["kind"]): Run | null {
  return runs.find((run) => run.kind === kind) ?? null;
}

/** When the newest alert was due that by now must have run. */
function lastAlertDue(now: Temporal.Instant): Temporal.Instant {
  let date = newYorkDate(now);
  for (;;) {
    const day = marketDay(date);
    if (day.kind === "trading" && Temporal.Instant.compare(dueOf(day).add(alertIsLate), now) <= 0) return dueOf(day);
    date = date.subtract({ days: 1 });
  }
}

function dueOf(day: TradingDay): Temporal.Instant {
  return day.open.subtract(alertBeforeOpen);
}
