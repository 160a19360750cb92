// The code came back: exchange it once, then prove, check and store what it brought.
import type { BrokerFailure } from "../domain/broker-answer.ts";
import { isOpen, maxRejectedVerifiers, type PendingAuthorization } from "../domain/pending-authorization.ts";
import { refuse, type Refusal, type RefusalCode } from "../domain/refusal.ts";
import { Secret } from "../domain/secret.ts";
import { type GivenAnswer, readAnswer, type ReadVerifier, type Denial } from "../domain/verifier.ts";
import type { Provider } from "../ports.ts";
import { changeConnection } from "./change-connection.ts";
import type { TokenWork } from "./dependencies.ts";
import { endAuthorization } from "./end-authorization.ts";
import { exclusively } from "./exclusively.ts";
import { checkAfterLogin } from "./keep-alive-connection.ts";
import { renewalRefusal, type RenewalRequest } from "./renewal-refusal.ts";
import { settleCandidate, type SettleResult } from "./settle-candidate.ts";

export interface CompleteRequest extends RenewalRequest {
  readonly sessionId: string;
  readonly answer: GivenAnswer;
}

export async function completeAuthorization(deps: TokenWork, request: CompleteRequest): Promise<SettleResult> {
  const provider = deps.providers.get(request.connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  const refusal = await renewalRefusal(deps, request);
  if (refusal !== null) return refusal;
  const given = readAnswer(provider.identity.provider, request.answer);
  if (given === null) return refuse("verifier-malformed");
  if ("denied" in given) {
    await endDenied(deps, request, given);
    return refuse("authorization-denied");
  }
  const result = await exclusively(deps, request.connectionId, () => completeAlone(deps, provider, request, given));
  // A login that stored nothing may still have ended the earlier token at the broker: find out rather than assume.
  if (result.outcome === "refused" && endsInVain.has(result.code)) await checkAfterLogin(deps, request.connectionId);
  return result;
}

/** Ends the one that was denied; whoever can make a browser open such an address does not know its state. */
async function endDenied(deps: TokenWork, request: CompleteRequest, denial: Denial): Promise<void> {
  const known = await deps.records.pendingAuthorizations(deps.clock(), request.connectionId);
  for (const pending of known)
    if (
      pending.stage === "waiting" &&
      pending.sessionId === request.sessionId &&
      pending.requestToken.reveal() === denial.requestToken
    )
      await endAuthorization(deps, pending, "cancelled", null);
}

/** Each takes as long as the store itself waits, ten seconds where it is far away. */
const keepingTries = 2;

const endsInVain: ReadonlySet<RefusalCode> = new Set(["account-mismatch", "no-accounts", "candidate-rejected"]);

async function completeAlone(
  deps: TokenWork,
  provider: Provider,
  request: CompleteRequest,
  given: ReadVerifier,
): Promise<SettleResult> {
  const now = deps.clock();
  const known = await deps.records.pendingAuthorizations(now, request.connectionId);
  const mine = known.filter((pending) => pending.sessionId === request.sessionId);
  const waiting = mine.filter((pending) => pending.stage === "waiting" && isOpen(pending, now));
  const candidates = waiting.filter(
    (pending) => given.requestToken === null || pending.requestToken.reveal() === given.requestToken,
  );
  if (candidates.length === 0)
    return waiting.length > 0 ? refuse("callback-mismatch") : whyNothingWaits(mine[0], known.length > 0);

  // Two tabs may have fetched two links; the code belongs to the one the person approved. Newest first.
  let refusal: Refusal = refuse("verifier-rejected");
  // A code of OAuth 2.0 is spent by its first exchange, whichever link it was for.
  const tried = provider.renewal.kind === "refresh" ? candidates.slice(0, 1) : candidates;
  for (const pending of tried) {
    const result = await exchangeOnce(deps, provider, pending, new Secret(given.verifier));
    if (result.outcome !== "refused") return result;
    if (result.code !== "verifier-rejected") return result;
    if (refusal.triesLeft === null) refusal = result;
  }
  return refusal;
}

function whyNothingWaits(latest: PendingAuthorization | undefined, elsewhere: boolean): SettleResult {
  if (latest === undefined) return refuse(elsewhere ? "authorization-elsewhere" : "authorization-missing");
  switch (latest.stage) {
    case "waiting":
      return refuse("authorization-lapsed");
    case "exchanging":
    case "verifying":
      return refuse("renewal-in-progress");
    case "confirming-accounts":
      return { outcome: "confirm-accounts", accounts: latest.candidatePin?.accounts ?? [] };
    case "completed":
      return refuse("verifier-used");
    case "failed":
      switch (latest.end) {
        case "interrupted":
          return refuse("authorization-interrupted");
        case "verifier-rejected":
          return refuse("verifier-rejected", { triesLeft: 0 });
        case "account-mismatch":
          return refuse("account-mismatch");
        case "no-accounts":
        case "candidate-rejected":
          return refuse(latest.end);
        case "stored":
        case "not-confirmed":
        case "overtaken":
        case "cancelled":
        case null:
          return refuse("authorization-missing");
      }
  }
}

async function exchangeOnce(
  deps: TokenWork,
  provider: Provider,
  pending: PendingAuthorization,
  verifier: Secret,
): Promise<SettleResult> {
  // Recorded first: after a crash we must know that the code may be spent.
  await deps.records.commit({ pending: { ...pending, stage: "exchanging" } });
  // Before the call, not after: a token issued around midnight must never be taken for a day younger than it is.
  const issuedAt = deps.clock();
  const answer = await provider.exchange(pending.requestToken, pending.requestTokenSecret, verifier);
  if (!answer.ok) return exchangeRefused(deps, pending, answer.failure);

  const candidate = { ...answer.value, startedAt: pending.startedAt, issuedAt, verifiedAt: null };
  const verifying: PendingAuthorization = { ...pending, stage: "verifying", candidate };
  await keepSafe(deps, verifying);
  return settleCandidate(deps, provider, verifying, candidate);
}

/**
 * The code is spent and the broker's answer is all there is of the new token: a store that is away for a moment gets several
 * chances. After them the renewal goes on without: proven and stored, the token is as safe.
 */
async function keepSafe(deps: TokenWork, verifying: PendingAuthorization): Promise<void> {
  for (let attempt = 1; attempt <= keepingTries; attempt += 1) {
    try {
      await deps.records.commit({ pending: verifying });
      return;
    } catch (error) {
      deps.log.error("candidate-not-kept", { connection: verifying.connectionId, attempts: attempt, error });
    }
  }
}

async function exchangeRefused(
  deps: TokenWork,
  pending: PendingAuthorization,
  failure: BrokerFailure,
): Promise<Refusal> {
  deps.log.warn("exchange-refused", { connection: pending.connectionId, reason: failure.reason });
  switch (failure.kind) {
    case "needs-person": {
      const rejectedVerifiers = pending.rejectedVerifiers + 1;
      const triesLeft = maxRejectedVerifiers - rejectedVerifiers;
      if (triesLeft > 0) await deps.records.commit({ pending: { ...pending, rejectedVerifiers } });
      else
        await endAuthorization(deps, { ...pending, rejectedVerifiers }, "verifier-rejected", {
          kind: "renewal-failed",
          connection: pending.connectionId,
          reason: "verifier-rejected",
        });
      return refuse("verifier-rejected", { triesLeft, reason: failure.reason });
    }
    case "misconfigured":
      await changeConnection(deps, pending.connectionId, (connection) => ({
        connection: { ...connection, lastFailure: { at: deps.clock(), call: "access-token", failure } },
        pending,
      }));
      return refuse("misconfigured", { reason: failure.reason });
    case "transient":
      // The lost answer may have carried a new token, whose issue ended the one in use: nothing is known of it until the
      // next check, half a minute from now. Whether the code was spent is unknown too; the person decides to try it again.
      await changeConnection(deps, pending.connectionId, (connection) => ({
        connection: { ...connection, lastFailure: { at: deps.clock(), call: "access-token", failure } },
        pending,
      }));
      return refuse("broker-unavailable", { reason: failure.reason });
    case "rate-limited":
      await deps.records.commit({ pending });
      return refuse("broker-unavailable", { reason: failure.reason });
  }
}
