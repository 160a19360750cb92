// Trades the refresh token for new tokens: stored before anything else, then proven, then told. Needs the connection's lease.
import type { BrokerAnswer, BrokerCall, BrokerFailure } from "../domain/broker-answer.ts";
import { type Connection, type IssuedTokens, tokenFacts, type TokenSet } from "../domain/connection.ts";
import { warnAfterFailures } from "../domain/keep-alive.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { tokenEvent } from "../domain/token-event.ts";
import type { Provider } from "../ports.ts";
import { changeConnection } from "./change-connection.ts";
import type { TokenWork } from "./dependencies.ts";
import { exportToken } from "./export-token.ts";

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
  const { id } = provider.identity;
  const left = await leftBehind(deps, id, version, tokenSet);
  if (left !== null) return record(deps, provider, left.version, left.tokenSet);
  const answer = await refresh(tokenSet);
  if (!answer.ok) return { outcome: "failed", call: "refresh", failure: answer.failure };
  // Must not abort from here to the record: the broker may already have ended the refresh token that is stored.
  const refreshed: TokenSet = { ...tokenSet, ...answer.value };
  return record(deps, provider, await deps.tokens.put(id, refreshed), refreshed);
}

/** A refresh of the same login that a crash stored and did not record: it is adopted, its refresh token may be the only one. */
async function leftBehind(deps: TokenWork, id: string, version: number, tokenSet: TokenSet) {
  const latest = await deps.tokens.latestVersion(id);
  if (latest === null || latest <= version) return null;
  const stored = await deps.tokens.read(id, latest);
  if (stored === null || stored.accessExpiresAt === null || tokenSet.accessExpiresAt === null) return null;
  const sameLogin = Temporal.Instant.compare(stored.issuedAt, tokenSet.issuedAt) === 0;
  const isNewer = Temporal.Instant.compare(stored.accessExpiresAt, tokenSet.accessExpiresAt) > 0;
  return sameLogin && isNewer ? { version: latest, tokenSet: stored } : null;
}

async function record(
  deps: TokenWork,
  provider: Provider,
  version: number,
  tokenSet: TokenSet,
): Promise<RefreshResult> {
  const { id } = provider.identity;
  const proof = await provider.listAccounts(tokenSet);
  const now = deps.clock();
  const deadline = expiresAt(provider.policy, tokenSet.issuedAt);
  await changeConnection(deps, id, (current) => {
    if (current.token === null) return null;
    const recovered = proof.ok && current.consecutiveFailures >= warnAfterFailures;
    const connection: Connection = {
      ...current,
      token: tokenFacts(version, tokenSet, proof.ok ? now : current.token.verifiedAt, now),
      // A refresh is an answer to this login too; what the account list says to it is recorded by the caller.
      ...(proof.ok
        ? { lastSuccess: { at: now, call: "accounts-list" as const }, lastFailure: null, consecutiveFailures: 0 }
        : { lastSuccess: { at: now, call: "refresh" as const } }),
    };
    return {
      connection,
      events: [
        tokenEvent(deps.random.id(), "token.refreshed", now, connection, deadline),
        ...(recovered ? [tokenEvent(deps.random.id(), "keepalive.recovered", now, connection, deadline)] : []),
      ],
      ...(recovered
        ? {
            messages: [
              {
                claims: [`recovered/${id}/${now.toString()}`],
                notice: { kind: "keepalive-recovered" as const, connection: id },
                at: now,
              },
            ],
          }
        : {}),
      journal: [
        {
          at: now,
          kind: "token-refreshed" as const,
          connectionId: id,
          text: `${connectionLabel(provider.identity)}: refreshed; version ${version}${proof.ok ? ", verified by the account list" : ""}.`,
        },
      ],
    };
  });
  deps.log.info("token-refreshed", { connection: id, version });
  deps.nudge();
  await exportToken(deps, id, (files) => files.write(provider.identity, version, tokenSet, deadline));
  return { outcome: "refreshed", version, proof };
}
