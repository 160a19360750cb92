// One keep-alive: a real call. On a rejected token renew once, verify, and only then declare it dead.
import { isAlive, isCheckDue } from "../domain/keep-alive.ts";
import { recordCheckFailure, recordCheckSuccess } from "./record-check.ts";
import { recordDeath } from "./record-death.ts";
import { readConnection } from "./change-connection.ts";
import { checkTokenSet } from "./check-token-set.ts";
import type { TokenWork } from "./dependencies.ts";

export type KeepAliveOutcome = "ok" | "revived" | "failed" | "ended" | "nothing-to-keep-alive" | "not-due" | "busy";

/** `force`: call even if the last call was a moment ago. */
export async function keepAliveConnection(
  deps: TokenWork,
  connectionId: string,
  options: { readonly force: boolean },
): Promise<KeepAliveOutcome> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return "nothing-to-keep-alive";
  const release = await deps.leases.acquire(`connection/${connectionId}`, deps.clock());
  if (release === null) return "busy";
  try {
    const now = deps.clock();
    const connection = await readConnection(deps, connectionId);
    if (!isAlive(connection, provider.policy, now)) return "nothing-to-keep-alive";
    if (!options.force && !isCheckDue(connection, provider.policy, now)) return "not-due";
    const version = connection.token?.version ?? 0;
    const tokenSet = await deps.tokens.read(connectionId, version);
    if (tokenSet === null) throw new Error(`Version ${version} of ${connectionId} is missing from the token store.`);

    const check = await checkTokenSet(provider, tokenSet);
    if (check.answer.ok) {
      await recordCheckSuccess(deps, connectionId, version, check.call, check.revived);
      return check.revived ? "revived" : "ok";
    }
    if (check.answer.failure.kind === "needs-person") {
      // Asked before midnight and answered after it, the broker only says what its clock does.
      const stillAlive = isAlive(connection, provider.policy, deps.clock());
      await recordDeath(deps, connectionId, stillAlive ? "rejected" : "expired", version);
      return "ended";
    }
    await recordCheckFailure(deps, connectionId, version, check.call, check.answer.failure);
    return "failed";
  } finally {
    await release();
  }
}
