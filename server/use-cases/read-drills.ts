// A person's fire drills, newest first; the one that runs as far as it has come.
import type { Drill } from "../domain/drill.ts";
import type { Dependencies } from "./dependencies.ts";
import { broughtUp } from "./drill-trace.ts";

const drillsBack = 20;

export async function readDrills(
  deps: Pick<Dependencies, "clock" | "records" | "outbox" | "configuredChannels">,
  personId: string,
): Promise<readonly Drill[]> {
  const all = await deps.records.drills(drillsBack);
  return Promise.all(all.filter((drill) => drill.personId === personId).map((drill) => broughtUp(deps, drill)));
}
