// Trades the refresh token for new tokens: stored before anything else, then proven, then told. Needs the connection's lease.
import type { BrokerAnswer, BrokerCall, BrokerFailure } from "../domain/broker-answer.ts";
import { type Connection, type IssuedTokens, tokenFacts, type TokenSet } from "../domain/connection.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { tokenEvent } from "../domain/token-event.ts";
import type { Provider } from "../ports.ts";
import { changeConnection } from "./change-connection.ts";
import type { TokenWork } from "./dependencies.ts";
import { exportToken } from "./export-token.ts";
import { recordCheckSuccess } from "./record-check.ts";

export type RefreshResult =
  /** The new version is stored and recorded; `proof`: what the account list says to it. */
  | { readonly outcome: "refreshed"; readonly version: number; readonly proof: BrokerAnswer<unknown> }
  /** Nothing has changed here; `call`: what the broker refused or did not answer. */
  | { readonly outcome: "failed"; readonly call: BrokerCall; readonly failure: BrokerFailure };

/** `version`: the recorded one, `tokenSet`: what is stored under it. */
export async function refreshConnection(
  deps: TokenWork,
  provider: Provider,
  refresh: (tokenSet: TokenSet) => Promise<BrokerAnswer<IssuedTokens>>,
  version: number,
  tokenSet: TokenSet,
): Promise<RefreshResult> {
  const left = await leftBehind(deps, provider.identity.id, version, tokenSet);
  if (left !== null && isAhead(left.tokenSet.accessExpiresAt, deps.clock()))
    return record(deps, provider, left.version, left.tokenSet);
  // Lapsed meanwhile, it is good for one thing: its refresh token may be the only one that works. Recorded first all the same:
  // two versions are kept, and after the next one the recorded one would be gone.
  if (left !== null) await recordVersion(deps, provider, left.version, left.tokenSet);
  const current = left?.tokenSet ?? tokenSet;
  const answer = await refresh(current);
  if (!answer.ok) return { outcome: "failed", call: "refresh", failure: answer.failure };
  // Must not abort from here to the record: the broker may already have ended the refresh token that is stored.
  const refreshed: TokenSet = { ...current, ...answer.value };
  return record(deps, provider, await putPatiently(deps, provider.identity.id, refreshed), refreshed);
}

/** Where each refresh ends the refresh token before it, the broker's answer is all there is of the next one. */
async function putPatiently(deps: TokenWork, id: string, tokenSet: TokenSet): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.tokens.put(id, tokenSet);
    } catch (error) {
      deps.log.error("refresh-not-stored", { connection: id, attempts: attempt, error });
      if (attempt === puttingTries) throw error;
    }
  }
}

/** Each takes as long as the store itself waits. */
const puttingTries = 3;

/** A refresh of the same login that a crash stored and did not record. */
async function leftBehind(deps: TokenWork, id: string, version: number, tokenSet: TokenSet) {
  const latest = await deps.tokens.latestVersion(id);
  if (latest === null || latest <= version) return null;
  const stored = await deps.tokens.read(id, latest);
  if (stored === null || stored.accessExpiresAt === null || tokenSet.accessExpiresAt === null) return null;
  const sameLogin = Temporal.Instant.compare(stored.issuedAt, tokenSet.issuedAt) === 0;
  return sameLogin && isAhead(stored.accessExpiresAt, tokenSet.accessExpiresAt)
    ? { version: latest, tokenSet: stored }
    : null;
}

function isAhead(at: Temporal.Instant | null, of: Temporal.Instant): boolean {
  return at !== null && Temporal.Instant.compare(at, of) > 0;
}

async function record(
  deps: TokenWork,
  provider: Provider,
  version: number,
  tokenSet: TokenSet,
): Promise<RefreshResult> {
  const { id } = provider.identity;
  const deadline = expiresAt(provider.policy, tokenSet.issuedAt);
  const recorded = await recordVersion(deps, provider, version, tokenSet);
  const proof = await provider.listAccounts(tokenSet);
  if (!recorded) return { outcome: "refreshed", version, proof };
  deps.log.info("token-refreshed", { connection: id, version });
  if (proof.ok) await recordCheckSuccess(deps, id, version, "accounts-list", "refreshed");
  deps.nudge();
  await exportToken(deps, id, (files) => files.write(provider.identity, version, tokenSet, deadline));
  return { outcome: "refreshed", version, proof };
}

/** False where a later login is in use by now, or none any more: that stays. */
async function recordVersion(
  deps: TokenWork,
  provider: Provider,
  version: number,
  tokenSet: TokenSet,
): Promise<boolean> {
  const { id } = provider.identity;
  const now = deps.clock();
  const deadline = expiresAt(provider.policy, tokenSet.issuedAt);
  let recorded = false;
  await changeConnection(deps, id, (current) => {
    // Whoever stalled for longer than the lease may find another login.
    recorded = isRefreshOf(current, version, tokenSet);
    if (!recorded || current.token === null) return null;
    const connection = { ...current, token: tokenFacts(version, tokenSet, current.token.verifiedAt, now) };
    return {
      connection,
      events: [tokenEvent(deps.random.id(), "token.refreshed", now, connection, deadline)],
      journal: [
        {
          at: now,
          kind: "token-refreshed" as const,
          connectionId: id,
          text: `${connectionLabel(provider.identity)}: refreshed; version ${version}.`,
        },
      ],
    };
  });
  return recorded;
}

function isRefreshOf({ token, ended }: Connection, version: number, { issuedAt }: TokenSet): boolean {
  return (
    ended === null &&
    token !== null &&
    token.version < version &&
    Temporal.Instant.compare(token.issuedAt, issuedAt) === 0
  );
}
