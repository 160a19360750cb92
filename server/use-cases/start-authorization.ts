// The tap on Renew: fetches a request token now, because its five minutes start now, and remembers it on the server.
import { isAlive } from "../domain/keep-alive.ts";
import type { PendingAuthorization } from "../domain/pending-authorization.ts";
import { refuse, refuseFor, type Refusal } from "../domain/refusal.ts";
import { connectionLabel, failureSentence, providerName } from "../domain/sentences.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";
import { renewalRefusal, type RenewalRequest } from "./renewal-refusal.ts";

type Needs = Pick<Dependencies, "clock" | "random" | "providers" | "records" | "log" | "nudge">;

export interface StartRequest extends RenewalRequest {
  readonly sessionId: string;
  /** Fetch a new request token although one was just fetched. */
  readonly restart: boolean;
}

export type StartResult = { readonly outcome: "started"; readonly pending: PendingAuthorization } | Refusal;

/** A second tap within this time gets the link of the first: a double tap or two tabs, not a wish for another one. */
const doubleTapSeconds = 60;
const maxStartsPerHour = 20;

/** A function that starts authorizations; taps that arrive together share one request token. */
export function createStartAuthorization(): (deps: Needs, request: StartRequest) => Promise<StartResult> {
  const underWay = new Map<string, Promise<StartResult>>();

  return (deps, request) => {
    const key = `${request.connectionId} ${request.sessionId}`;
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const started = startAuthorization(deps, request).finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };
}

async function startAuthorization(deps: Needs, request: StartRequest): Promise<StartResult> {
  const { connectionId, sessionId } = request;
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  const refusal = await renewalRefusal(deps, request);
  if (refusal !== null) return refusal;
  const now = deps.clock();
  const known = await deps.records.pendingAuthorizations(now, connectionId);
  const justStarted = known.find(
    (pending) =>
      pending.sessionId === sessionId &&
      pending.stage === "waiting" &&
      Temporal.Instant.compare(now, pending.startedAt.add({ seconds: doubleTapSeconds })) < 0,
  );
  if (justStarted !== undefined && !request.restart) return { outcome: "started", pending: justStarted };
  const hourAgo = now.subtract({ hours: 1 });
  if (known.filter((pending) => Temporal.Instant.compare(pending.startedAt, hourAgo) > 0).length >= maxStartsPerHour)
    return refuse("too-many-attempts");

  const answer = await provider.beginAuthorization();
  const label = connectionLabel(provider.identity);
  if (!answer.ok) {
    const { failure } = answer;
    deps.log.warn("authorization-not-started", { connection: connectionId, reason: failure.reason });
    await changeConnection(deps, connectionId, (connection) => ({
      // A wrong key or clock concerns every call; whatever else refuses a link says nothing about the token in use.
      ...(failure.kind === "misconfigured" && failure.reason !== "callback-rejected"
        ? { connection: { ...connection, lastFailure: { at: now, call: "request-token" as const, failure } } }
        : {}),
      journal: [
        {
          at: now,
          kind: "authorization-failed",
          connectionId,
          text: `${label}: no sign-in link. ${failureSentence(failure.reason, providerName(provider.identity))}`,
        },
      ],
    }));
    return refuseFor(failure);
  }

  const pending: PendingAuthorization = {
    id: deps.random.id(),
    connectionId,
    sessionId,
    stage: "waiting",
    ceremony: provider.ceremony,
    ...answer.value,
    startedAt: now,
    expiresAt: now.add(provider.policy.requestTokenLifetime),
    rejectedVerifiers: 0,
    failedProofs: 0,
    nextProofAt: null,
    candidate: null,
    candidatePin: null,
    end: null,
  };
  await changeConnection(deps, connectionId, (connection) => ({
    // Where the broker was asked it just accepted key, signature and time: a recorded misconfiguration is over. Where it was
    // not, only a login can tell.
    ...(connection.lastFailure?.failure.kind === "misconfigured" &&
    (provider.renewal.kind === "revive" || !isAlive(connection, provider.policy, now))
      ? { connection: { ...connection, lastFailure: null, consecutiveFailures: 0 } }
      : {}),
    pending,
    journal: [{ at: now, kind: "authorization-started", connectionId, text: `${label}: renewal started.` }],
  }));
  deps.log.info("authorization-started", { connection: connectionId });
  // The living message follows the login.
  deps.nudge();
  return { outcome: "started", pending };
}
