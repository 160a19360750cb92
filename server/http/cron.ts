// For a scheduler outside: run what is due. Calling too often, late or twice changes nothing; an answer that is not 2xx asks
// for another call.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { newYorkDate } from "../domain/trading-calendar.ts";
import type { Run } from "../domain/clockwork.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { Outstanding, ScheduledRun } from "../use-cases/scheduled-run.ts";
import { morningAlert, reportPastDue, tick } from "../use-cases/scheduled-work.ts";
import { cronDoor, type CronEnv, type CronSettings } from "./cron-door.ts";
import { problem } from "./problem.ts";

/** Later than this is worth a line in the log. */
const punctual = Temporal.Duration.from({ minutes: 1 });

export function cronRoutes(
  deps: Dependencies,
  settings: CronSettings & { readonly scheduledRun: ScheduledRun },
): Hono<CronEnv> {
  const { scheduledRun } = settings;

  /** Runs `work` unless this very call already came to a good end, and answers what became of it. */
  async function answer(
    c: Context<CronEnv>,
    kind: Run["kind"],
    work: () => Promise<{ readonly outstanding: Outstanding; readonly did: object }>,
  ): Promise<Response> {
    const scheduledAt = c.get("scheduledAt");
    // A tick repeated finds nothing due; only an alert is worth a record of its own.
    const claim = scheduledAt === undefined || kind === "tick" ? null : `cron/${kind}/${scheduledAt.toString()}`;
    if (claim !== null && (await deps.records.takenClaims([claim])).has(claim)) {
      deps.log.info("cron-repeated", { reason: kind });
      return c.json({ repeated: true });
    }
    const late = scheduledAt === undefined ? null : lateness(scheduledAt, deps.clock());
    // What is planned is planned by now in any case: yesterday's reminder would only mislead.
    if (late !== null) deps.log.warn("cron-late", { reason: kind, outcome: late.day, count: late.seconds });

    const { outstanding, did } = await scheduledRun(kind, work);
    if (outstanding.failed + outstanding.messages + outstanding.events > 0) return notDone(c, kind, outstanding);
    // Only now: a call that failed has to find its work undone when it is repeated.
    if (claim !== null) await deps.records.commit({ claims: [claim] });
    return c.json(late === null ? did : { ...did, lateSeconds: late.seconds, day: late.day });
  }

  return new Hono<CronEnv>()
    .use(cronDoor(deps, settings))
    .use(bodyLimit({ maxSize: 16 * 1024, onError: (c) => problem(c, 413, "too-large", "The body is over 16 KiB.") }))
    .post("/morning-alert", (c) =>
      answer(c, "morning-alert", async () => {
        const { asked, sent, outstanding } = await morningAlert(deps);
        return { outstanding, did: { asked, sent } };
      }),
    )
    .post("/tick", (c) =>
      answer(c, "tick", async () => {
        const { summary, outstanding } = await tick(deps);
        await reportPastDue(deps);
        return { outstanding, did: summary };
      }),
    );
}

function lateness(scheduledAt: Temporal.Instant, now: Temporal.Instant) {
  const late = now.since(scheduledAt);
  const sameDay = newYorkDate(now).equals(newYorkDate(scheduledAt));
  if (sameDay && Temporal.Duration.compare(late, punctual) <= 0) return null;
  return { seconds: Math.round(late.total("seconds")), day: sameDay ? "same" : "another" } as const;
}

function notDone(c: Context, kind: Run["kind"], { failed, messages, events }: Outstanding): Response {
  const sentences = [
    failed > 0 ? `Connections that could not be looked after: ${failed}; the log says why.` : "",
    messages > 0 ? `Messages that the chat did not take: ${messages}; they are kept and tried again.` : "",
    events > 0 ? `Events that did not reach the trading system: ${events}; they are kept and tried again.` : "",
  ];
  const detail = sentences.filter((sentence) => sentence !== "").join(" ");
  if (failed > 0) return problem(c, 500, "tick-failed", detail);
  if (messages > 0)
    return problem(c, 503, kind === "morning-alert" ? "alert-not-delivered" : "messages-not-delivered", detail);
  return problem(c, 503, "events-not-delivered", detail);
}
