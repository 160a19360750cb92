// The person gives up a renewal they started. Whatever was already exchanged is revoked; the token in use stays.
import { isOpen } from "../domain/pending-authorization.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { Dependencies } from "./dependencies.ts";
import { endAuthorization } from "./end-authorization.ts";
import { exclusively } from "./exclusively.ts";
import { discard } from "./settle-candidate.ts";

type Needs = Pick<Dependencies, "clock" | "providers" | "records" | "leases" | "log" | "nudge">;

export function cancelAuthorization(
  deps: Needs,
  request: { readonly connectionId: string; readonly sessionId: string },
): Promise<{ readonly outcome: "cancelled" } | Refusal> {
  return exclusively(deps, request.connectionId, async (provider) => {
    const now = deps.clock();
    const known = await deps.records.pendingAuthorizations(now, request.connectionId);
    for (const pending of known.filter((each) => each.sessionId === request.sessionId && isOpen(each, now))) {
      if (pending.candidate !== null) await discard(deps, provider, pending.candidate);
      await endAuthorization(deps, pending, "cancelled", null);
    }
    return { outcome: "cancelled" as const };
  });
}
