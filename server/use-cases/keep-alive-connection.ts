// One keep-alive: a real call. What the broker then rejects is revived or refreshed once, verified, and only then declared dead.
import { type BrokerFailure, failed } from "../domain/broker-answer.ts";
import type { Connection } from "../domain/connection.ts";
import { isAlive, isCheckDue, isFreshFor } from "../domain/keep-alive.ts";
import { mayHaveEndedEarlier } from "../domain/pending-authorization.ts";
import type { Provider } from "../ports.ts";
import { readConnection } from "./change-connection.ts";
import { checkTokenSet } from "./check-token-set.ts";
import type { TokenWork } from "./dependencies.ts";
import { recordCheckFailure, recordCheckSuccess } from "./record-check.ts";
import { recordDeath } from "./record-death.ts";
import { refreshConnection } from "./refresh-connection.ts";

export type KeepAliveOutcome =
  | "ok"
  | "revived"
  | "refreshed"
  | "failed"
  | "ended"
  | "nothing-to-keep-alive"
  | "not-due"
  | "busy";

export interface KeepAliveOptions {
  /** Call even if the last call was a moment ago. */
  readonly force: boolean;
  /** How long the access token has to be good for afterwards, where it lapses by itself; a check's own lead by default. */
  readonly freshFor?: Temporal.Duration;
  /** How long to wait while somebody else works on the connection; by default not at all. */
  readonly patience?: Temporal.Duration;
}

export async function keepAliveConnection(
  deps: TokenWork,
  connectionId: string,
  options: KeepAliveOptions,
): Promise<KeepAliveOutcome> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return "nothing-to-keep-alive";
  const release = await deps.leases.acquire(`connection/${connectionId}`, deps.clock(), options.patience);
  if (release === null) return "busy";
  try {
    const now = deps.clock();
    // Read under the lease: whoever held it before may have done what we came for.
    const connection = await readConnection(deps, connectionId);
    if (!isAlive(connection, provider.policy, now)) return "nothing-to-keep-alive";
    if (!options.force && !isCheckDue(connection, provider.policy, now)) return "not-due";
    const { renewal, policy } = provider;
    // While a new login is proven, what the broker says to the old one only says that there is a new one.
    if (policy.newLoginEndsEarlier) {
      const known = await deps.records.pendingAuthorizations(now, connectionId);
      if (known.some(mayHaveEndedEarlier)) return "busy";
    }
    const ahead = options.freshFor ?? policy.access?.refreshBefore ?? null;
    const isFresh = ahead === null || isFreshFor(connection, ahead, now);
    if (options.freshFor !== undefined && isFresh && connection.lastFailure === null) return "not-due";
    const version = connection.token?.version ?? 0;
    if (renewal.kind === "refresh" && !isFresh) return await refresh(deps, provider, version);
    return await check(deps, provider, version, isFresh && appLacksRights(connection));
  } finally {
    await release();
  }
}

/** After a login that came to nothing: it may have ended the earlier one at the broker, where a fresh access token hides that. */
export async function checkAfterLogin(deps: TokenWork, connectionId: string): Promise<void> {
  const policy = deps.providers.get(connectionId)?.policy;
  const lifetime = policy?.newLoginEndsEarlier ? policy.access?.lifetime : undefined;
  await keepAliveConnection(deps, connectionId, {
    force: true,
    ...(lifetime === undefined ? {} : { freshFor: lifetime }),
  });
}

/** The account list refused a token that was refreshed this moment: another refresh would only be refused again. */
function appLacksRights({ lastFailure }: Connection): boolean {
  return lastFailure?.call === "accounts-list" && lastFailure.failure.reason === "consumer-key-rejected";
}

async function check(
  deps: TokenWork,
  provider: Provider,
  version: number,
  refreshedInVain: boolean,
): Promise<KeepAliveOutcome> {
  const { id } = provider.identity;
  const { answer, call, revived } = await checkTokenSet(provider, await storedTokens(deps, id, version));
  if (answer.ok) {
    await recordCheckSuccess(deps, id, version, call, revived ? "revived" : "checked");
    return revived ? "revived" : "ok";
  }
  if (answer.failure.kind === "needs-person" && !refreshedInVain)
    // Access tokens are ended early at times; the login behind them may live.
    return provider.renewal.kind === "refresh"
      ? refresh(deps, provider, version)
      : declareDead(deps, provider, version);
  await recordCheckFailure(deps, id, version, call, refreshedInVain ? ofTheApp(answer.failure) : answer.failure);
  return "failed";
}

/** A login that refreshes lives: what refuses its newest token is the app, which lacks the product or the account's link. */
function ofTheApp(failure: BrokerFailure): BrokerFailure {
  return failure.kind === "needs-person" ? failed("consumer-key-rejected", failure.httpStatus).failure : failure;
}

async function refresh(deps: TokenWork, provider: Provider, version: number): Promise<KeepAliveOutcome> {
  const { identity, renewal } = provider;
  if (renewal.kind !== "refresh") throw new Error(`${identity.id} has no refresh token.`);
  const tokenSet = await storedTokens(deps, identity.id, version);
  const result = await refreshConnection(deps, provider, renewal.refresh, version, tokenSet);
  if (result.outcome === "failed") {
    if (result.failure.kind === "needs-person") return declareDead(deps, provider, version);
    await recordCheckFailure(deps, identity.id, version, result.call, result.failure);
    return "failed";
  }
  if (result.proof.ok) return "refreshed";
  await recordCheckFailure(deps, identity.id, result.version, "accounts-list", ofTheApp(result.proof.failure));
  return "failed";
}

async function declareDead(deps: TokenWork, provider: Provider, version: number): Promise<"ended"> {
  const { id } = provider.identity;
  // Asked before midnight and answered after it, the broker only says what its clock does.
  const stillAlive = isAlive(await readConnection(deps, id), provider.policy, deps.clock());
  await recordDeath(deps, id, stillAlive ? "rejected" : "expired", version);
  return "ended";
}

async function storedTokens(deps: TokenWork, id: string, version: number) {
  const tokenSet = await deps.tokens.read(id, version);
  if (tokenSet === null) throw new Error(`Version ${version} of ${id} is missing from the token store.`);
  return tokenSet;
}
