// The owner kills the token: at the broker first, then here. Not undone by anything but a new authorization.
import type { BrokerAnswer } from "../domain/broker-answer.ts";
import type { TokenSet } from "../domain/connection.ts";
import { refuse, refuseFor, type Refusal } from "../domain/refusal.ts";
import { isAlive } from "../domain/keep-alive.ts";
import type { Provider } from "../ports.ts";
import { readConnection } from "./change-connection.ts";
import type { TokenWork } from "./dependencies.ts";
import { exclusively } from "./exclusively.ts";
import { recordDeath } from "./record-death.ts";

export function revokeToken(deps: TokenWork, connectionId: string): Promise<{ readonly outcome: "revoked" } | Refusal> {
  return exclusively(deps, connectionId, async (provider) => {
    const connection = await readConnection(deps, connectionId);
    if (connection.token === null || !isAlive(connection, provider.policy, deps.clock())) return refuse("no-token");
    const tokenSet = await deps.tokens.read(connectionId, connection.token.version);
    if (tokenSet === null) return refuse("no-token");
    const answer = await revokeAtBroker(provider, tokenSet);
    if (answer === null) {
      // Forgotten here is all that can be done: where the broker revokes nothing, its own password page does.
      await recordDeath(deps, connectionId, "revoked", connection.token.version);
      return { outcome: "revoked" as const };
    }
    if (!answer.ok && answer.failure.kind !== "needs-person") return refuseFor(answer.failure);
    await recordDeath(deps, connectionId, answer.ok ? "revoked" : "rejected", connection.token.version);
    // Never called revoked without the broker's word: this one it merely no longer takes.
    if (!answer.ok) return refuse("no-token");
    return { outcome: "revoked" as const };
  });
}

/** Null where the broker has no way to. */
export async function revokeAtBroker(
  { revoke, renewal }: Provider,
  tokenSet: TokenSet,
): Promise<BrokerAnswer<void> | null> {
  if (revoke === null) return null;
  const answer = await revoke(tokenSet);
  if (answer.ok || answer.failure.kind !== "needs-person" || renewal.kind !== "revive") return answer;
  // Idle tokens are refused like dead ones, and can be woken by whoever holds them: wake it, to kill it.
  await renewal.renew(tokenSet);
  return revoke(tokenSet);
}
