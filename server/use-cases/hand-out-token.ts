// Gives a trading system credentials that are good for at least so many seconds, waking them first if they are idle.
import type { TokenSet } from "../domain/connection.ts";
import { isAlive } from "../domain/keep-alive.ts";
import { currentAuthorization } from "../domain/pending-authorization.ts";
import { expiresAt, idleAt, type ProviderPolicy } from "../domain/provider-policy.ts";
import { refuse, refuseFor, type Refusal } from "../domain/refusal.ts";
import { statusOf } from "../domain/status.ts";
import { readConnection } from "./change-connection.ts";
import type { TokenWork } from "./dependencies.ts";
import { keepAliveConnection } from "./keep-alive-connection.ts";

export type HandOut =
  | {
      readonly outcome: "handed-out";
      readonly version: number;
      readonly tokenSet: TokenSet;
      readonly expiresAt: Temporal.Instant;
      readonly validForSeconds: number;
    }
  | Refusal;

/** A token set called this moment is at most so far from turning idle once the next keep-alive is due. */
function longestAhead({ idleAfter, keepAliveAfter }: ProviderPolicy): number {
  return idleAfter === null ? 0 : idleAfter.subtract(keepAliveAfter).total("seconds");
}

/** `minValidSeconds`: 0 or more. Refuses rather than hand out what is not known to work. */
export async function handOutToken(deps: TokenWork, connectionId: string, minValidSeconds: number): Promise<HandOut> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  let connection = await readConnection(deps, connectionId);
  // Never asks for more than a fresh call can give, nor more often than the retry table allows.
  const ahead = Math.min(minValidSeconds, longestAhead(provider.policy));
  const wanted = deps.clock().add({ seconds: ahead });
  const idle = connection.lastSuccess === null ? null : idleAt(provider.policy, connection.lastSuccess.at);
  const mayTurnIdle = idle !== null && Temporal.Instant.compare(idle, wanted) <= 0;
  if (mayTurnIdle || connection.lastFailure !== null) {
    const outcome = await keepAliveConnection(deps, connectionId, { force: connection.lastFailure === null });
    if (outcome === "busy") return refuse("renewal-in-progress");
    connection = await readConnection(deps, connectionId);
  }
  const now = deps.clock();
  const pendings = await deps.records.pendingAuthorizations(now, connectionId);
  const status = statusOf(connection, currentAuthorization(pendings, connectionId), provider.policy, now);
  if (status.word === "unknown" || status.word === "misconfigured") return refuseFor(status.failed.failure);
  if (status.word === "authorizing" && connection.token !== null && isAlive(connection, provider.policy, now))
    return refuse("renewal-in-progress");
  if (status.word !== "active" || connection.token === null) return refuse("no-token");
  const deadline = expiresAt(provider.policy, connection.token.issuedAt);
  const validForSeconds = Math.floor(deadline.since(now).total("seconds"));
  if (validForSeconds < minValidSeconds) return refuse("token-too-short");
  const tokenSet = await deps.tokens.read(connectionId, connection.token.version);
  if (tokenSet === null) return refuse("no-token");
  return { outcome: "handed-out", version: connection.token.version, tokenSet, expiresAt: deadline, validForSeconds };
}
