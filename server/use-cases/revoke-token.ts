// The owner kills the token: at the broker first, then here. Not undone by anything but a new authorization.
import { refuse, refuseFor, type Refusal } from "../domain/refusal.ts";
import { isAlive } from "../domain/keep-alive.ts";
import { readConnection } from "./change-connection.ts";
import type { TokenWork } from "./dependencies.ts";
import { exclusively } from "./exclusively.ts";
import { recordDeath } from "./record-check.ts";

export function revokeToken(deps: TokenWork, connectionId: string): Promise<{ readonly outcome: "revoked" } | Refusal> {
  return exclusively(deps, connectionId, async (provider) => {
    const connection = await readConnection(deps, connectionId);
    if (connection.token === null || !isAlive(connection, provider.policy, deps.clock())) return refuse("no-token");
    const tokenSet = await deps.tokens.read(connectionId, connection.token.version);
    if (tokenSet === null) return refuse("no-token");
    const answer = await provider.revoke(tokenSet);
    // A token that the broker no longer knows is as dead as a revoked one; anything else leaves it alive, and we say so.
    if (!answer.ok && answer.failure.kind !== "needs-person") return refuseFor(answer.failure);
    await recordDeath(deps, connectionId, "revoked");
    return { outcome: "revoked" as const };
  });
}
