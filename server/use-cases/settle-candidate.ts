// From "the broker gave us a token" to "stored and announced": verify → check the accounts → store → read back → commit.
// The candidate is safe in the pending authorization all the while, so a crash at any line is resumed by recovery.
import { checkPin } from "../domain/account-pin.ts";
import { type BrokerAnswer, type BrokerFailure, failed } from "../domain/broker-answer.ts";
import {
  type Account,
  type AccountPin,
  type Connection,
  type IssuedTokens,
  tokenFacts,
  type TokenSet,
} from "../domain/connection.ts";
import { proofRetryAfter, warnAfterFailures } from "../domain/keep-alive.ts";
import {
  type AuthorizationEnd,
  chatStarter,
  type PendingAuthorization,
  toldOfEnd,
} from "../domain/pending-authorization.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { connectionLabel, failureSentence, providerName } from "../domain/sentences.ts";
import { tokenEvent } from "../domain/token-event.ts";
import type { Provider } from "../ports.ts";
import { changeConnection, readConnection } from "./change-connection.ts";
import { checkTokenSet, pinOf } from "./check-token-set.ts";
import type { Dependencies, TokenWork } from "./dependencies.ts";
import { endAuthorization } from "./end-authorization.ts";
import { exportToken } from "./export-token.ts";

export type SettleResult =
  | { readonly outcome: "stored"; readonly version: number; readonly accounts: readonly string[] }
  | { readonly outcome: "confirm-accounts"; readonly accounts: readonly string[] }
  /** The new token is safe here, but the broker did not answer the proving call; it is repeated by itself. */
  | { readonly outcome: "verifying"; readonly failure: BrokerFailure }
  | Refusal;

/** Proves the candidate of a `verifying` authorization and stores it if its accounts are the pinned ones. Needs the lease. */
export async function settleCandidate(
  deps: TokenWork,
  provider: Provider,
  pending: PendingAuthorization,
  candidate: TokenSet,
): Promise<SettleResult> {
  const before = await readConnection(deps, pending.connectionId);
  // Asked before the broker is: a later login may have ended this one's token, which would look like a failed renewal.
  if (isOvertaken(before, candidate)) return endOvertaken(deps, pending, before);
  const { answer } = await checkTokenSet(provider, candidate);
  if (!answer.ok) {
    deps.log.warn("candidate-not-verified", { connection: pending.connectionId, reason: answer.failure.reason });
    if (answer.failure.kind !== "needs-person") return proveLater(deps, pending, answer.failure);
    return provider.renewal.kind === "refresh"
      ? settleRefreshed(deps, provider, provider.renewal.refresh, pending, candidate)
      : endAndRefuse(deps, pending, "candidate-rejected");
  }
  return settleProven(deps, provider, pending, candidate, answer.value);
}

async function proveLater(
  deps: TokenWork,
  pending: PendingAuthorization,
  failure: BrokerFailure,
): Promise<SettleResult> {
  const failedProofs = pending.failedProofs + 1;
  const nextProofAt = deps.clock().add(proofRetryAfter(failure, failedProofs));
  await deps.records.commit({ pending: { ...pending, failedProofs, nextProofAt } });
  return { outcome: "verifying", failure };
}

/** A login outlives its first access token: where the proof waited for the broker longer than that, it is refreshed first. */
async function settleRefreshed(
  deps: TokenWork,
  provider: Provider,
  refresh: (tokenSet: TokenSet) => Promise<BrokerAnswer<IssuedTokens>>,
  pending: PendingAuthorization,
  candidate: TokenSet,
): Promise<SettleResult> {
  const issued = await refresh(candidate);
  if (!issued.ok)
    return issued.failure.kind === "needs-person"
      ? endAndRefuse(deps, pending, "candidate-rejected")
      : proveLater(deps, pending, issued.failure);
  const refreshed = { ...candidate, ...issued.value };
  const kept = { ...pending, candidate: refreshed };
  await deps.records.commit({ pending: kept });
  const proof = await provider.listAccounts(refreshed);
  if (proof.ok) return settleProven(deps, provider, kept, refreshed, proof.value);
  // What refuses a token of this moment is the app, which the operator can mend while the login waits.
  const { failure } = proof;
  return proveLater(
    deps,
    kept,
    failure.kind === "needs-person" ? failed("consumer-key-rejected", failure.httpStatus).failure : failure,
  );
}

async function settleProven(
  deps: TokenWork,
  provider: Provider,
  pending: PendingAuthorization,
  candidate: TokenSet,
  accounts: readonly Account[],
): Promise<SettleResult> {
  const now = deps.clock();
  const offered = pinOf(deps.random, provider.identity, accounts, now);
  const verified = { ...candidate, verifiedAt: now };
  const connection = await readConnection(deps, pending.connectionId);
  switch (checkPin(connection.pin, offered)) {
    case "no-accounts":
      await discard(deps, provider, candidate);
      return endAndRefuse(deps, pending, "no-accounts");
    case "different":
      return refuseOtherAccounts(deps, provider, pending, candidate, connection.pin, offered);
    case "first":
      await deps.records.commit({
        pending: { ...pending, stage: "confirming-accounts", candidate: verified, candidatePin: offered },
      });
      return { outcome: "confirm-accounts", accounts: offered.accounts };
    case "same":
      return storeCandidate(deps, provider, pending, verified, connection.pin ?? offered);
  }
}

/** Stores a proven token set whose accounts are the right ones, and says so everywhere. Needs the lease. */
export async function storeCandidate(
  deps: TokenWork,
  provider: Provider,
  pending: PendingAuthorization,
  candidate: TokenSet,
  pin: AccountPin,
): Promise<SettleResult> {
  const { connectionId } = pending;
  const verifiedAt = candidate.verifiedAt ?? deps.clock();
  const before = await readConnection(deps, connectionId);
  if (isOvertaken(before, candidate)) return endOvertaken(deps, pending, before);
  // Must not abort from here to the commit: the broker may already have killed the old token.
  const version = await putOnce(deps, connectionId, before, candidate);
  const storedAt = deps.clock();
  const deadline = expiresAt(provider.policy, candidate.issuedAt);
  const label = connectionLabel(provider.identity);
  const seconds = Math.round(storedAt.since(pending.startedAt).total("seconds"));
  const recorded = await changeConnection(deps, connectionId, (current) => {
    // Whoever stalled for longer than the lease may find a later login stored: that one stays.
    if (isOvertaken(current, candidate)) return null;
    const connection: Connection = {
      ...current,
      token: tokenFacts(version, candidate, verifiedAt, storedAt),
      lastSuccess: { at: verifiedAt, call: "accounts-list" },
      lastFailure: null,
      consecutiveFailures: 0,
      ended: null,
      pin,
    };
    return {
      connection,
      pending: { ...pending, stage: "completed", candidate: null, candidatePin: null, end: "stored" },
      events: [
        tokenEvent(deps.random.id(), "token.renewed", storedAt, connection, deadline),
        // Whoever was told that the checks fail has to hear that this is over.
        ...(current.consecutiveFailures >= warnAfterFailures
          ? [tokenEvent(deps.random.id(), "keepalive.recovered", storedAt, connection, deadline)]
          : []),
      ],
      messages: toldOfEnd(pending, connection.ownerId).map((to) => ({
        to,
        claims: [`stored/${pending.id}${to === connection.ownerId ? "" : `/${to}`}`],
        notice: {
          kind: "renewed",
          connection: connectionId,
          version,
          ...(to === chatStarter(pending) ? { answersCode: true } : {}),
        },
        at: storedAt,
      })),
      journal: [
        {
          at: storedAt,
          kind: "token-stored",
          connectionId,
          text: `${label}: version ${version} verified and stored, ${seconds} s after the tap.`,
        },
        ...(current.pin === null
          ? [
              {
                at: storedAt,
                kind: "accounts-pinned" as const,
                connectionId,
                text: `${label}: pinned to ${pin.accounts.join(", ")}.`,
              },
            ]
          : []),
      ],
    };
  });
  if (isOvertaken(recorded, candidate)) return endOvertaken(deps, pending, recorded);
  deps.log.info("token-stored", { connection: connectionId, version });
  await endEarlier(deps, pending);
  deps.nudge();
  await exportToken(deps, connectionId, (files) => files.write(provider.identity, version, candidate, deadline));
  return { outcome: "stored", version, accounts: pin.accounts };
}

/** Whether a later login is in use already. */
function isOvertaken({ token, ended }: Connection, candidate: TokenSet): boolean {
  return ended === null && token !== null && Temporal.Instant.compare(candidate.issuedAt, token.issuedAt) < 0;
}

/** Not revoked: nobody knows whether that would spare the later token of the same person. */
async function endOvertaken(
  deps: TokenWork,
  pending: PendingAuthorization,
  { token, pin }: Connection,
): Promise<SettleResult> {
  await endAuthorization(deps, pending, "overtaken", null);
  return { outcome: "stored", version: token?.version ?? 0, accounts: pin?.accounts ?? [] };
}

/** Earlier logins that still wait for their proof are moot, and must not make the connection look unfinished. */
async function endEarlier(deps: TokenWork, stored: PendingAuthorization): Promise<void> {
  try {
    const known = await deps.records.pendingAuthorizations(deps.clock(), stored.connectionId);
    for (const pending of known)
      if (pending.stage === "verifying" && pending.id !== stored.id)
        await endAuthorization(deps, pending, "overtaken", null);
  } catch (error) {
    // The next tick ends them; the token is stored.
    deps.log.warn("earlier-login-not-ended", { connection: stored.connectionId, error });
  }
}

/** Puts the token set and reads it back. A crash after an earlier put left that version behind: it is adopted, not doubled. */
async function putOnce(
  deps: TokenWork,
  connectionId: string,
  before: Connection,
  candidate: TokenSet,
): Promise<number> {
  const latest = await deps.tokens.latestVersion(connectionId);
  if (latest !== null && latest > (before.token?.version ?? 0)) {
    const left = await deps.tokens.read(connectionId, latest);
    if (left !== null && sameTokens(left, candidate)) return latest;
  }
  const version = await deps.tokens.put(connectionId, candidate);
  const stored = await deps.tokens.read(connectionId, version);
  if (stored === null || !sameTokens(stored, candidate))
    throw new Error(`The token store gave back something else than version ${version} of ${connectionId}.`);
  return version;
}

function sameTokens(a: TokenSet, b: TokenSet): boolean {
  return plainTokens(a) === plainTokens(b);
}

function plainTokens({ accessToken, accessTokenSecret, refreshToken }: TokenSet): string {
  return JSON.stringify([accessToken, accessTokenSecret, refreshToken].map((secret) => secret?.reveal() ?? null));
}

/** Stores nothing, revokes what was issued, keeps the old tokens and alarms. */
export async function refuseOtherAccounts(
  deps: TokenWork,
  provider: Provider,
  pending: PendingAuthorization,
  candidate: TokenSet,
  pinned: AccountPin | null,
  offered: AccountPin,
): Promise<Refusal> {
  const revoked = await discard(deps, provider, candidate);
  await endAuthorization(deps, { ...pending, candidatePin: offered }, "account-mismatch", {
    kind: "account-mismatch",
    connection: pending.connectionId,
    offered: offered.accounts,
    pinned: pinned?.accounts ?? [],
    revoked,
  });
  return refuse("account-mismatch");
}

async function endAndRefuse(
  deps: TokenWork,
  pending: PendingAuthorization,
  end: Extract<AuthorizationEnd, "candidate-rejected" | "no-accounts">,
): Promise<Refusal> {
  await endAuthorization(deps, pending, end, {
    kind: "renewal-failed",
    connection: pending.connectionId,
    reason: end,
  });
  return refuse(end);
}

/** Revokes what was issued and is not wanted; whether the broker confirmed it, which one that can't revoke never does. */
export async function discard(
  deps: Pick<Dependencies, "log">,
  provider: Provider,
  candidate: TokenSet,
): Promise<boolean> {
  if (provider.revoke === null) return false;
  const answer = await provider.revoke(candidate);
  if (!answer.ok)
    deps.log.warn("candidate-not-revoked", {
      connection: provider.identity.id,
      reason: failureSentence(answer.failure.reason, providerName(provider.identity)),
    });
  return answer.ok;
}
