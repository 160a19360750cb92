// The person gives up a renewal they started. Whatever was already exchanged is revoked; nothing is stored.
import { isOpen } from "../domain/pending-authorization.ts";
import type { Refusal } from "../domain/refusal.ts";
import type { TokenWork } from "./dependencies.ts";
import { endAuthorization } from "./end-authorization.ts";
import { exclusively } from "./exclusively.ts";
import { checkAfterLogin } from "./keep-alive-connection.ts";
import { discard } from "./settle-candidate.ts";

export async function cancelAuthorization(
  deps: TokenWork,
  request: { readonly connectionId: string; readonly sessionId: string },
): Promise<{ readonly outcome: "cancelled" } | Refusal> {
  let exchanged = false;
  const result = await exclusively(deps, request.connectionId, async (provider) => {
    const now = deps.clock();
    const known = await deps.records.pendingAuthorizations(now, request.connectionId);
    // One whose code was under way when the program died is ended by recovery, which says so.
    const own = known.filter((each) => each.sessionId === request.sessionId && each.stage !== "exchanging");
    for (const pending of own.filter((each) => isOpen(each, now))) {
      if (pending.candidate !== null) {
        exchanged = true;
        await discard(deps, provider, pending.candidate);
      }
      await endAuthorization(deps, pending, "cancelled", null);
    }
    return { outcome: "cancelled" as const };
  });
  // The login may have ended the earlier token at the broker all the same.
  if (exchanged) await checkAfterLogin(deps, request.connectionId);
  return result;
}
