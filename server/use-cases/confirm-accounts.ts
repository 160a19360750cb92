// The owner's explicit word on the first login: these are my accounts (pin and store), or they are not (revoke, store nothing).
import { checkPin } from "../domain/account-pin.ts";
import { refuse } from "../domain/refusal.ts";
import type { TokenWork } from "./dependencies.ts";
import { endAuthorization } from "./end-authorization.ts";
import { readConnection } from "./change-connection.ts";
import { exclusively } from "./exclusively.ts";
import { checkAfterLogin } from "./keep-alive-connection.ts";
import { renewalRefusal, type RenewalRequest } from "./renewal-refusal.ts";
import { discard, refuseOtherAccounts, type SettleResult, storeCandidate } from "./settle-candidate.ts";

export interface ConfirmRequest extends RenewalRequest {
  readonly sessionId: string;
  readonly accept: boolean;
}

export async function confirmAccounts(
  deps: TokenWork,
  request: ConfirmRequest,
): Promise<SettleResult | { readonly outcome: "discarded" }> {
  if (!deps.providers.has(request.connectionId)) return refuse("unknown-connection");
  // Turning a login away is always possible.
  const refusal = request.accept ? await renewalRefusal(deps, request) : null;
  if (refusal !== null) return refusal;
  const result = await exclusively(deps, request.connectionId, async (provider) => {
    const now = deps.clock();
    const known = await deps.records.pendingAuthorizations(now, request.connectionId);
    const waiting = known.filter((each) => each.stage === "confirming-accounts");
    const pending = waiting.find((each) => each.sessionId === request.sessionId);
    if (pending === undefined || pending.candidate === null || pending.candidatePin === null)
      return refuse(waiting.length > 0 ? "authorization-elsewhere" : "nothing-to-confirm");
    if (!request.accept) {
      await discard(deps, provider, pending.candidate);
      await endAuthorization(deps, pending, "not-confirmed", null);
      return { outcome: "discarded" as const };
    }
    // Another login may have been confirmed and pinned since this one was proven.
    const { pin } = await readConnection(deps, request.connectionId);
    if (checkPin(pin, pending.candidatePin) === "different")
      return refuseOtherAccounts(deps, provider, pending, pending.candidate, pin, pending.candidatePin);
    return storeCandidate(
      deps,
      provider,
      pending,
      pending.candidate,
      pin ?? { ...pending.candidatePin, pinnedAt: now },
    );
  });
  // The login that was turned away may still have ended the earlier token at the broker.
  if (result.outcome === "discarded") await checkAfterLogin(deps, request.connectionId);
  return result;
}
