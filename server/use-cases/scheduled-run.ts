// One run of the clockwork with its evidence: the watchdog hears of it, the records keep it, the log says how it ended.
import type { Run } from "../domain/clockwork.ts";
import type { Heartbeat } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

/** What a run could not bring to its end; all of it is tried again by a later run. */
export interface Outstanding {
  /** Connections that could not be looked after. */
  readonly failed: number;
  readonly messages: number;
  readonly events: number;
}

/** Resolves with what `work` did, once the evidence is kept; rejects as `work` does. */
export type ScheduledRun = <T extends { readonly outstanding: Outstanding }>(
  kind: Run["kind"],
  work: () => Promise<T>,
) => Promise<T>;

export interface RunReporting {
  /** Makes the heartbeat of one run; null where no watchdog listens. */
  readonly heartbeat: (() => Heartbeat) | null;
  /** A run that ends as the last reported one did is reported again only after this; null reports every run. */
  readonly quietFor: Temporal.Duration | null;
}

type Needs = Pick<Dependencies, "clock" | "records" | "log">;
type Outcome = "ok" | "retry" | "failed";

export function createScheduledRun(deps: Needs, { heartbeat, quietFor }: RunReporting): ScheduledRun {
  const reported = new Map<Run["kind"], { at: Temporal.Instant; outcome: Outcome }>();

  /** A clock that was moved back ends the quiet as well. */
  function isQuiet(kind: Run["kind"], now: Temporal.Instant): boolean {
    const last = reported.get(kind);
    if (last === undefined || quietFor === null) return false;
    return Temporal.Duration.compare(now.since(last.at).abs(), quietFor) < 0;
  }

  async function record(run: Run): Promise<void> {
    try {
      await deps.records.recordRun(run);
    } catch (error) {
      // The work is done and must not be reported as failed for the sake of its trace.
      deps.log.warn("run-not-recorded", { reason: run.kind, error });
    }
  }

  return async (kind, work) => {
    const quiet = isQuiet(kind, deps.clock());
    const beat = heartbeat?.();
    const started = quiet ? null : beat?.started();

    async function end(outcome: Outcome, status: number | null, count: number): Promise<void> {
      const at = deps.clock();
      if (quiet && reported.get(kind)?.outcome === outcome) return;
      const changed = reported.get(kind)?.outcome !== outcome;
      reported.set(kind, { at, outcome });
      const level = outcome === "ok" ? "info" : "warn";
      // Where runs follow each other closely a line for each would bury the others.
      if (quietFor === null || changed)
        deps.log[level]("cron-run", { reason: kind, outcome, ...(count === 0 ? {} : { count }) });
      await Promise.all([
        record({ kind, at, ok: outcome === "ok" }),
        Promise.resolve(started).then(() => beat?.ended(status)),
      ]);
    }

    let result;
    try {
      result = await work();
    } catch (error) {
      await end("failed", null, 0);
      throw error;
    }
    const { failed, messages, events } = result.outstanding;
    const count = failed + messages + events;
    await end(failed > 0 ? "failed" : count > 0 ? "retry" : "ok", count > 0 ? 1 : 0, count);
    return result;
  };
}
