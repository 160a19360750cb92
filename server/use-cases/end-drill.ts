// A fire drill is over, however it went: what is known of it is written down, and its connection goes.
import { type Drill, drillConnectionId, type DrillState, endedConnection, isOpenDrill } from "../domain/drill.ts";
import { reportOf } from "../domain/drill-report.ts";
import type { JournalEntry } from "../domain/journal.ts";
import type { Dependencies } from "./dependencies.ts";
import { broughtUp } from "./drill-trace.ts";

type Needs = Pick<Dependencies, "clock" | "records" | "outbox" | "configuredChannels" | "log" | "nudge">;

const maxTries = 5;

/** `reason`: why it was called off. Does nothing to one that has ended. */
export async function endDrill(
  deps: Needs,
  drillId: string,
  state: Exclude<DrillState, "planned" | "running">,
  reason: string | null = null,
): Promise<Drill | null> {
  for (let attempt = 1; attempt <= maxTries; attempt += 1) {
    const [drill] = await deps.records.drills(1);
    if (drill?.id !== drillId || !isOpenDrill(drill)) return null;
    const endedAt = deps.clock();
    const ended: Drill = {
      ...(await broughtUp(deps, drill)),
      state,
      endedAt,
      reason,
      brokerState: null,
      tokenState: null,
    };
    const connection = drill.state === "running" ? await deps.records.connection(drillConnectionId) : null;
    const outcome = await deps.records.commit({
      drill: ended,
      ...(connection === null ? {} : { connection: endedConnection(connection, endedAt) }),
      journal: [lastLine(ended, endedAt)],
    });
    if (outcome === "conflict") continue;
    deps.log.info("drill-ended", { outcome: state });
    deps.nudge();
    return ended;
  }
  throw new Error(`The records of the fire drill kept changing; gave up after ${maxTries} tries.`);
}

function lastLine(drill: Drill, at: Temporal.Instant): JournalEntry {
  const { score } = reportOf(drill);
  const common = { at, connectionId: null };
  switch (drill.state) {
    case "missed":
      return { ...common, kind: "drill-failed", text: `Nobody answered the fire drill: ${score} of 100.` };
    case "failed":
      return { ...common, kind: "drill-failed", text: `The fire drill did not come to its end: ${score} of 100.` };
    case "cancelled":
      return { ...common, kind: "drill-ended", text: `The fire drill was called off. ${drill.reason ?? ""}`.trim() };
    case "planned":
    case "running":
    case "done":
      return { ...common, kind: "drill-ended", text: `The fire drill came to its end: ${score} of 100.` };
  }
}
