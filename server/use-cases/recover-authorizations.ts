// Takes up renewals that a crash or a silent broker left in the middle. Safe to run at any time, by anybody.
import { confirmationWindow, type PendingAuthorization } from "../domain/pending-authorization.ts";
import type { Provider } from "../ports.ts";
import type { TokenWork } from "./dependencies.ts";
import { endAuthorization } from "./end-authorization.ts";
import { exclusively, noPatience } from "./exclusively.ts";
import { checkAfterLogin } from "./keep-alive-connection.ts";
import { discard, settleCandidate } from "./settle-candidate.ts";

/** The connections whose renewal stands in the middle; `pending`: all authorizations as read. */
export function interruptedConnections(pending: readonly PendingAuthorization[]): ReadonlySet<string> {
  const underWay = pending.filter(({ stage }) => stage !== "waiting" && stage !== "completed" && stage !== "failed");
  return new Set(underWay.map(({ connectionId }) => connectionId));
}

/** False if somebody alive is working on the connection. */
export async function recoverAuthorizations(deps: TokenWork, connectionId: string): Promise<boolean> {
  const takeUpAll = async (provider: Provider) => {
    // Read again under the lease: it may have been finished meanwhile.
    const now = deps.clock();
    let inVain = false;
    for (const pending of await deps.records.pendingAuthorizations(now, connectionId))
      inVain = (await takeUp(deps, provider, pending, now)) === "ended" || inVain;
    return { outcome: "taken-up" as const, inVain };
  };
  const taken = await exclusively(deps, connectionId, takeUpAll, noPatience);
  if (taken.outcome === "refused") return false;
  // A login that came to nothing here may still have ended the earlier token there: find out rather than assume.
  if (taken.inVain) await checkAfterLogin(deps, connectionId);
  return true;
}

/** "ended": the login stored nothing. */
async function takeUp(
  deps: TokenWork,
  provider: Provider,
  pending: PendingAuthorization,
  now: Temporal.Instant,
): Promise<"ended" | "going-on"> {
  const { stage, candidate, connectionId } = pending;
  if (stage === "exchanging") {
    await endAuthorization(deps, pending, "interrupted", {
      kind: "renewal-failed",
      connection: connectionId,
      reason: "interrupted",
    });
    return "ended";
  }
  if (candidate === null) return "going-on";
  if (stage === "verifying") {
    if (pending.nextProofAt !== null && Temporal.Instant.compare(now, pending.nextProofAt) < 0) return "going-on";
    const settled = await settleCandidate(deps, provider, pending, candidate);
    return settled.outcome === "refused" ? "ended" : "going-on";
  }
  const givenUpAt = pending.startedAt.add(confirmationWindow);
  if (stage !== "confirming-accounts" || Temporal.Instant.compare(now, givenUpAt) < 0) return "going-on";
  await discard(deps, provider, candidate);
  await endAuthorization(deps, pending, "not-confirmed", null);
  return "ended";
}
