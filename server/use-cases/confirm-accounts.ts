// The owner's explicit word on the first login: these are my accounts (pin and store), or they are not (revoke, store nothing).
import { refuse } from "../domain/refusal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import type { Dependencies } from "./dependencies.ts";
import { endAuthorization } from "./end-authorization.ts";
import { discard, type SettleResult, storeCandidate } from "./settle-candidate.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "random" | "providers" | "records" | "tokens" | "leases" | "tokenExport" | "log" | "nudge"
>;

export interface ConfirmRequest {
  readonly connectionId: string;
  readonly sessionId: string;
  readonly accept: boolean;
}

export async function confirmAccounts(
  deps: Needs,
  request: ConfirmRequest,
): Promise<SettleResult | { readonly outcome: "discarded" }> {
  const provider = deps.providers.get(request.connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  const release = await deps.leases.acquire(`connection/${request.connectionId}`, deps.clock());
  if (release === null) return refuse("renewal-in-progress");
  try {
    const now = deps.clock();
    const known = await deps.records.pendingAuthorizations(now, request.connectionId);
    const pending = known.find((each) => each.sessionId === request.sessionId && each.stage === "confirming-accounts");
    const { candidate = null, candidatePin = null } = pending ?? {};
    if (pending === undefined || candidate === null || candidatePin === null)
      return refuse(
        known.some((each) => each.stage === "confirming-accounts") ? "authorization-elsewhere" : "nothing-to-confirm",
      );
    if (!request.accept) {
      await discard(deps, provider, candidate);
      await endAuthorization(deps, pending, "not-confirmed", null);
      return { outcome: "discarded" };
    }
    const result = await storeCandidate(deps, provider, pending, candidate, { ...candidatePin, pinnedAt: now });
    await deps.records.commit({
      journal: [
        {
          at: now,
          kind: "accounts-pinned",
          connectionId: request.connectionId,
          text: `${connectionLabel(provider.identity)}: pinned to ${candidatePin.accounts.join(", ")}.`,
        },
      ],
    });
    return result;
  } finally {
    await release();
  }
}
