// The person calls a fire drill off, before it rings or while it runs.
import type { Drill } from "../domain/drill.ts";
import { isOpenDrill } from "../domain/drill.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import type { Dependencies } from "./dependencies.ts";
import { endDrill } from "./end-drill.ts";

type Needs = Pick<Dependencies, "clock" | "records" | "outbox" | "configuredChannels" | "log" | "nudge">;

/** `personId`: whose it has to be; null: the server's terminal, which may call off any. */
export async function cancelDrill(
  deps: Needs,
  drillId: string,
  personId: string | null,
): Promise<{ readonly outcome: "cancelled"; readonly drill: Drill } | Refusal> {
  const [newest] = await deps.records.drills(1);
  const isTheirs = newest?.id === drillId && (personId === null || newest.personId === personId);
  if (newest === undefined || !isTheirs || !isOpenDrill(newest)) return refuse("unknown-drill");
  const drill = await endDrill(deps, drillId, "cancelled");
  return drill === null ? refuse("unknown-drill") : { outcome: "cancelled", drill };
}
