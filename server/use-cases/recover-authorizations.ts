// Takes up renewals that a crash or a silent broker left in the middle. Safe to run at any time, by anybody.
import { confirmationWindow, type PendingAuthorization } from "../domain/pending-authorization.ts";
import type { TokenWork } from "./dependencies.ts";
import { endAuthorization } from "./end-authorization.ts";
import { keepAliveConnection } from "./keep-alive-connection.ts";
import { discard, settleCandidate } from "./settle-candidate.ts";

/** The connections whose renewal stands in the middle; `pending`: all authorizations as read. */
export function interruptedConnections(pending: readonly PendingAuthorization[]): ReadonlySet<string> {
  const underWay = pending.filter(({ stage }) => stage !== "waiting" && stage !== "completed" && stage !== "failed");
  return new Set(underWay.map(({ connectionId }) => connectionId));
}

/** False if somebody alive is working on the connection. */
export async function recoverAuthorizations(deps: TokenWork, connectionId: string): Promise<boolean> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return false;
  const release = await deps.leases.acquire(`connection/${connectionId}`, deps.clock());
  if (release === null) return false;
  let doubtful = false;
  try {
    // Read again under the lease: it may have been finished meanwhile.
    const now = deps.clock();
    const known = await deps.records.pendingAuthorizations(now, connectionId);
    for (const pending of known) {
      if (pending.stage === "exchanging") {
        doubtful = true;
        await endAuthorization(deps, pending, "interrupted", {
          kind: "renewal-failed",
          connection: connectionId,
          reason: "interrupted",
        });
      }
      if (pending.stage === "verifying" && pending.candidate !== null)
        await settleCandidate(deps, provider, pending, pending.candidate);
      if (pending.stage === "confirming-accounts" && pending.candidate !== null) {
        const givenUpAt = pending.startedAt.add(confirmationWindow);
        if (Temporal.Instant.compare(now, givenUpAt) >= 0) {
          await discard(deps, provider, pending.candidate);
          await endAuthorization(deps, pending, "not-confirmed", null);
        }
      }
    }
  } finally {
    await release();
  }
  // The lost answer may have carried a new token, which may have killed the old one: find out rather than assume.
  if (doubtful) await keepAliveConnection(deps, connectionId, { force: true });
  return true;
}
