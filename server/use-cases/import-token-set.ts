// Takes over a login that another program made: proven by a real call, its accounts checked against the pin, stored and told
// like a renewal of our own. It revokes nothing, for that program may still run on it.
import { checkPin } from "../domain/account-pin.ts";
import type { BrokerAnswer } from "../domain/broker-answer.ts";
import type { Account, Connection, IssuedTokens, ProviderId, TokenSet } from "../domain/connection.ts";
import { isAlive } from "../domain/keep-alive.ts";
import { confirmationWindow, isOpen, type PendingAuthorization } from "../domain/pending-authorization.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import { refuseFor } from "../domain/refusal.ts";
import { Secret } from "../domain/secret.ts";
import type { Provider } from "../ports.ts";
import { readConnection } from "./change-connection.ts";
import { checkTokenSet, pinOf } from "./check-token-set.ts";
import { confirmAccounts } from "./confirm-accounts.ts";
import type { TokenWork } from "./dependencies.ts";
import { exclusively } from "./exclusively.ts";
import { settleCandidate, type SettleResult, storeCandidate } from "./settle-candidate.ts";

export interface ImportRequest {
  readonly connectionId: string;
  readonly provider: ProviderId;
  readonly tokens: IssuedTokens;
  /** The login's true time. */
  readonly loggedInAt: Temporal.Instant;
  /** The owner's word that the accounts, once seen, are the right ones. */
  readonly acceptAccounts: boolean;
}

export type ImportObstacle =
  | "other-broker"
  | "login-in-future"
  | "login-expired"
  | "no-newer-login"
  | "login-rejected"
  | "no-accounts"
  | "other-accounts";

export type ImportResult =
  | SettleResult
  | { readonly outcome: "discarded" }
  | { readonly outcome: "not-imported"; readonly obstacle: ImportObstacle };

/** Two machines' clocks may differ by so much. */
const clockTolerance = Temporal.Duration.from({ minutes: 1 });
/** With less than this left, an access token may lapse while it is being proven. */
const leastAccess = Temporal.Duration.from({ minutes: 1 });

export async function importTokenSet(deps: TokenWork, request: ImportRequest): Promise<ImportResult> {
  const { connectionId, acceptAccounts } = request;
  const { accessToken, refreshToken } = request.tokens;
  // The same file leads to the same session: whoever runs it again goes on with what a refresh brought.
  const parts = JSON.stringify([accessToken.reveal(), refreshToken?.reveal() ?? null]);
  const sessionId = `import-${deps.random.digest(parts)}`;
  const result = await exclusively(deps, connectionId, (provider) => importAlone(deps, provider, request, sessionId));
  const isHeld = result.outcome === "confirm-accounts" && result.held;
  return isHeld && acceptAccounts ? confirmAccounts(deps, { connectionId, sessionId, accept: true }) : result;
}

/** `held`: the candidate lies in a pending authorization and waits for the owner's word. */
type AloneResult =
  | Exclude<ImportResult, { outcome: "confirm-accounts" }>
  | { readonly outcome: "confirm-accounts"; readonly accounts: readonly string[]; readonly held: boolean };

async function importAlone(
  deps: TokenWork,
  provider: Provider,
  request: ImportRequest,
  sessionId: string,
): Promise<AloneResult> {
  const { connectionId } = request;
  const now = deps.clock();
  const connection = await readConnection(deps, connectionId);
  const obstacle = obstacleTo(request, provider, connection, now);
  if (obstacle !== null) return notImported(obstacle);

  const known = await deps.records.pendingAuthorizations(now, connectionId);
  const held = known.find((pending) => pending.sessionId === sessionId && isOpen(pending, now));
  if (held?.stage === "confirming-accounts")
    return { outcome: "confirm-accounts", accounts: held.candidatePin?.accounts ?? [], held: true };
  if (held !== undefined && held.candidate !== null) return settleHeld(deps, provider, held, held.candidate);

  const pending = pendingFor(deps, provider, request, sessionId, now);
  const candidate = { ...request.tokens, startedAt: now, issuedAt: request.loggedInAt, verifiedAt: null };
  if (hasLapsed(candidate, provider, now)) return refreshAndSettle(deps, provider, pending, candidate);
  const { answer } = await checkTokenSet(provider, candidate);
  if (answer.ok) return storeProven(deps, provider, pending, candidate, answer.value, request.acceptAccounts);
  if (answer.failure.kind !== "needs-person") return refuseFor(answer.failure);
  // Access tokens are ended early at times; the login may live all the same.
  return refreshAndSettle(deps, provider, pending, candidate);
}

function obstacleTo(
  { provider: made, loggedInAt }: ImportRequest,
  { identity, policy }: Provider,
  connection: Connection,
  now: Temporal.Instant,
): ImportObstacle | null {
  if (made !== identity.provider) return "other-broker";
  if (Temporal.Instant.compare(loggedInAt, now.add(clockTolerance)) > 0) return "login-in-future";
  if (Temporal.Instant.compare(now, expiresAt(policy, loggedInAt)) >= 0) return "login-expired";
  const inUse = isAlive(connection, policy, now) ? connection.token : null;
  // The same login's file may be older than what refreshes brought since.
  return inUse !== null && Temporal.Instant.compare(loggedInAt, inUse.issuedAt) <= 0 ? "no-newer-login" : null;
}

/** True too of an end that no access token of this broker has: the file means something else by it. */
function hasLapsed({ accessExpiresAt }: TokenSet, { policy }: Provider, now: Temporal.Instant): boolean {
  if (policy.access === null) return false;
  if (accessExpiresAt === null) return true;
  const left = now.until(accessExpiresAt);
  const longest = policy.access.lifetime.add(clockTolerance);
  return Temporal.Duration.compare(left, leastAccess) < 0 || Temporal.Duration.compare(left, longest) > 0;
}

/** Nothing is written before the owner's word, nor where the accounts are others': the file still has everything. */
async function storeProven(
  deps: TokenWork,
  provider: Provider,
  pending: PendingAuthorization,
  candidate: TokenSet,
  accounts: readonly Account[],
  acceptAccounts: boolean,
): Promise<AloneResult> {
  const now = deps.clock();
  const offered = pinOf(deps.random, provider.identity, accounts, now);
  const { pin } = await readConnection(deps, pending.connectionId);
  const checked = checkPin(pin, offered);
  if (checked === "no-accounts") return notImported("no-accounts");
  if (checked === "different") return notImported("other-accounts");
  if (checked === "first" && !acceptAccounts)
    return { outcome: "confirm-accounts", accounts: offered.accounts, held: false };
  return asAlone(await storeCandidate(deps, provider, pending, { ...candidate, verifiedAt: now }, pin ?? offered));
}

async function refreshAndSettle(
  deps: TokenWork,
  provider: Provider,
  pending: PendingAuthorization,
  candidate: TokenSet,
): Promise<AloneResult> {
  const answer = await refresh(provider, candidate);
  if (answer === null) return notImported("login-rejected");
  if (!answer.ok)
    return answer.failure.kind === "needs-person" ? notImported("login-rejected") : refuseFor(answer.failure);
  const refreshed = {
    ...candidate,
    ...answer.value,
    refreshToken: answer.value.refreshToken ?? candidate.refreshToken,
  };
  // Before anything else: the refresh may have ended the tokens in the file. From here on recovery goes on with it.
  const kept = { ...pending, candidate: refreshed };
  await deps.records.commit({ pending: kept });
  return settleHeld(deps, provider, kept, refreshed);
}

/** Null where the broker knows no refresh. */
async function refresh({ renewal }: Provider, candidate: TokenSet): Promise<BrokerAnswer<IssuedTokens> | null> {
  return renewal.kind === "refresh" ? renewal.refresh(candidate) : null;
}

async function settleHeld(deps: TokenWork, provider: Provider, pending: PendingAuthorization, candidate: TokenSet) {
  return asAlone(await settleCandidate(deps, provider, pending, candidate));
}

function asAlone(result: SettleResult): AloneResult {
  return result.outcome === "confirm-accounts" ? { ...result, held: true } : result;
}

function notImported(obstacle: ImportObstacle): AloneResult {
  return { outcome: "not-imported", obstacle };
}

/** Keeps the candidate as a renewal's is kept, so that storing and recovery need to know nothing of imports. */
function pendingFor(
  deps: TokenWork,
  { ceremony }: Provider,
  { connectionId }: ImportRequest,
  sessionId: string,
  now: Temporal.Instant,
): PendingAuthorization {
  return {
    id: deps.random.id(),
    connectionId,
    sessionId,
    stage: "verifying",
    ceremony,
    authorizeUrl: "",
    requestToken: new Secret(""),
    requestTokenSecret: new Secret(""),
    startedAt: now,
    expiresAt: now.add(confirmationWindow),
    rejectedVerifiers: 0,
    failedProofs: 0,
    nextProofAt: null,
    candidate: null,
    candidatePin: null,
    end: null,
  };
}
