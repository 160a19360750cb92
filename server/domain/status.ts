// Pure. Status is a function of evidence and now; it is never stored.
import type { BrokerCall, BrokerFailure } from "./broker-answer.ts";
import type { Connection } from "./connection.ts";
import {
  type AuthorizationStage,
  isOpen,
  mayHaveEndedEarlier,
  type PendingAuthorization,
} from "./pending-authorization.ts";
import { expiresAt, idleAt, type ProviderPolicy } from "./provider-policy.ts";

export interface Evidence {
  readonly at: Temporal.Instant;
  readonly call: BrokerCall;
}

export interface FailedEvidence extends Evidence {
  readonly failure: BrokerFailure;
}

/** Each status carries what it rests on, when it changes by itself, and so the one thing to do next. */
export type Status =
  | { readonly word: "active"; readonly verified: Evidence; readonly expiresAt: Temporal.Instant }
  | {
      readonly word: "idle";
      readonly reason: "no-call" | "access-lapsed";
      readonly lastCall: Evidence;
      readonly expiresAt: Temporal.Instant;
    }
  | {
      readonly word: "needs-authorization";
      readonly reason: "never" | "expired" | "revoked" | "rejected";
      readonly since: Temporal.Instant | null;
    }
  | {
      readonly word: "unknown";
      readonly failed: FailedEvidence;
      readonly verified: Evidence | null;
      readonly expiresAt: Temporal.Instant;
    }
  | { readonly word: "misconfigured"; readonly failed: FailedEvidence }
  | {
      readonly word: "authorizing";
      readonly stage: AuthorizationStage;
      readonly startedAt: Temporal.Instant;
      readonly expiresAt: Temporal.Instant;
    };

export type NextAction = "none" | "keep-alive" | "renew" | "finish-authorization" | "wait" | "fix-configuration";

/**
 * What is true of `connection` at `now`. `pending` is its current authorization, if any. A usable token set keeps its own
 * word while the person is at the broker; once the code is on its way it does not, because the new login may end it.
 */
export function statusOf(
  connection: Connection,
  pending: PendingAuthorization | null,
  policy: ProviderPolicy,
  now: Temporal.Instant,
): Status {
  const { token, lastFailure, lastSuccess, ended } = connection;
  if (lastFailure?.failure.kind === "misconfigured") return { word: "misconfigured", failed: lastFailure };

  const deadline = token === null ? null : expiresAt(policy, token.issuedAt);
  const alive = deadline !== null && ended === null && Temporal.Instant.compare(now, deadline) < 0;
  if (!alive) {
    if (pending !== null && isOpen(pending, now)) return authorizing(pending);
    if (deadline === null) return { word: "needs-authorization", reason: "never", since: null };
    if (ended === null) return { word: "needs-authorization", reason: "expired", since: deadline };
    return { word: "needs-authorization", reason: ended.reason, since: ended.at };
  }

  if (pending !== null && mayHaveEndedEarlier(pending)) return authorizing(pending);
  if (lastFailure !== null) return { word: "unknown", failed: lastFailure, verified: lastSuccess, expiresAt: deadline };
  // A stored token set was verified by a call, so a success exists; without one nothing is known.
  if (lastSuccess === null) return { word: "needs-authorization", reason: "never", since: null };
  const idle = idleAt(policy, token?.accessExpiresAt ?? null, lastSuccess.at);
  if (idle !== null && Temporal.Instant.compare(now, idle) >= 0)
    return {
      word: "idle",
      reason: policy.access === null ? "no-call" : "access-lapsed",
      lastCall: lastSuccess,
      expiresAt: deadline,
    };
  return { word: "active", verified: lastSuccess, expiresAt: deadline };
}

function authorizing({ stage, startedAt, expiresAt: lapsesAt }: PendingAuthorization): Status {
  return { word: "authorizing", stage, startedAt, expiresAt: lapsesAt };
}

/** The one thing that helps next. */
export function nextAction(status: Status): NextAction {
  switch (status.word) {
    case "active":
      return "none";
    case "idle":
      return "keep-alive";
    case "needs-authorization":
      return "renew";
    case "unknown":
      return "wait";
    case "misconfigured":
      return "fix-configuration";
    case "authorizing":
      return status.stage === "exchanging" || status.stage === "verifying" ? "wait" : "finish-authorization";
  }
}

/** Whether only a person can bring this connection on; not while what they brought is being proven. */
export function needsPerson(status: Status): boolean {
  switch (status.word) {
    case "needs-authorization":
    case "misconfigured":
      return true;
    case "authorizing":
      return nextAction(status) === "finish-authorization";
    case "active":
    case "idle":
    case "unknown":
      return false;
  }
}

/** When the token set dies for good; null when it is already dead, absent, or the configuration is wrong. */
export function deadlineOf(status: Status): Temporal.Instant | null {
  return "expiresAt" in status && status.word !== "authorizing" ? status.expiresAt : null;
}
