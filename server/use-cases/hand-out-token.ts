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
      /** When the access token lapses, or the login ends, whichever comes first. */
      readonly expiresAt: Temporal.Instant;
      /** When the login ends: only the person moves it. */
      readonly reauthorizeBy: Temporal.Instant;
      readonly validForSeconds: number;
    }
  | Refusal;

/** The most that a call made this moment can give: a fresh access token, or so far from idle once a keep-alive is due. */
function longestAhead({ access, idleAfter, keepAliveAfter }: ProviderPolicy): number {
  // Half its life: asking for more would have every caller bring a new one, and each may end the one before.
  if (access !== null) return access.lifetime.total("seconds") / 2;
  return idleAfter === null ? 0 : idleAfter.subtract(keepAliveAfter).total("seconds");
}

/** What lapses within the minute is of use to nobody. */
const leastAhead = 60;

/** Of many callers at once the first refreshes, the others wait for what it brings. */
const patience = Temporal.Duration.from({ seconds: 10 });

/** `minValidSeconds`: 0 or more. Refuses rather than hand out what is not known to work. */
export async function handOutToken(deps: TokenWork, connectionId: string, minValidSeconds: number): Promise<HandOut> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  let connection = await readConnection(deps, connectionId);
  // Never asks for more than a fresh call can give, nor more often than the retry table allows.
  const least = provider.policy.access === null ? 0 : leastAhead;
  const ahead = Math.max(least, Math.min(minValidSeconds, longestAhead(provider.policy)));
  const wanted = deps.clock().add({ seconds: ahead });
  const { lastSuccess, token } = connection;
  const idle = lastSuccess === null ? null : idleAt(provider.policy, token?.accessExpiresAt ?? null, lastSuccess.at);
  const mayTurnIdle = idle !== null && Temporal.Instant.compare(idle, wanted) <= 0;
  if (mayTurnIdle || connection.lastFailure !== null) {
    const outcome = await keepAliveConnection(deps, connectionId, {
      force: connection.lastFailure === null,
      ...(provider.policy.access === null ? {} : { freshFor: Temporal.Duration.from({ seconds: ahead }), patience }),
    });
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
  const reauthorizeBy = expiresAt(provider.policy, connection.token.issuedAt);
  const deadline = earlier(reauthorizeBy, connection.token.accessExpiresAt);
  const validForSeconds = Math.floor(deadline.since(now).total("seconds"));
  if (validForSeconds < minValidSeconds) return refuse("token-too-short");
  const tokenSet = await deps.tokens.read(connectionId, connection.token.version);
  if (tokenSet === null) return refuse("no-token");
  const { version } = connection.token;
  return { outcome: "handed-out", version, tokenSet, expiresAt: deadline, reauthorizeBy, validForSeconds };
}

function earlier(login: Temporal.Instant, access: Temporal.Instant | null): Temporal.Instant {
  return access === null || Temporal.Instant.compare(login, access) < 0 ? login : access;
}
