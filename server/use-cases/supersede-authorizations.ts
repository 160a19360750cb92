// A new renewal of the same session takes the place of those that still wait for their code: one code, one meaning.
import type { PendingAuthorization } from "../domain/pending-authorization.ts";
import type { Dependencies } from "./dependencies.ts";
import { endAuthorization } from "./end-authorization.ts";
import { exclusively } from "./exclusively.ts";

type Needs = Pick<Dependencies, "clock" | "providers" | "records" | "leases" | "log" | "nudge">;

/** Ends what `by`'s session began before it and waits for; what has its code already goes on. Returns how many were ended. */
export async function supersedeAuthorizations(deps: Needs, by: PendingAuthorization): Promise<number> {
  const waiting = (known: readonly PendingAuthorization[]) =>
    known.filter((each) => each.sessionId === by.sessionId && each.stage === "waiting" && each.id !== by.id);
  const found = waiting(await deps.records.pendingAuthorizations(deps.clock()));
  let ended = 0;
  for (const connectionId of new Set(found.map((each) => each.connectionId)))
    await exclusively(deps, connectionId, async () => {
      // Read again under the lease: its code may have come meanwhile.
      for (const pending of waiting(await deps.records.pendingAuthorizations(deps.clock(), connectionId))) {
        await endAuthorization(deps, pending, "cancelled", null);
        ended += 1;
      }
    });
  return ended;
}
