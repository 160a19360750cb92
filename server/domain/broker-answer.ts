// Pure. What a broker's answer means to us, whichever broker it was.

/** The calls we make to a broker; evidence and the journal name them. */
export type BrokerCall =
  | "request-token"
  | "access-token"
  | "accounts-list"
  | "renew"
  | "refresh"
  | "revoke"
  | "balance"
  | "portfolio";

export type FailureReason =
  | "token-expired"
  | "token-rejected"
  | "refresh-token-rejected"
  | "code-rejected"
  | "signature-invalid"
  | "consumer-key-rejected"
  | "clock-skew"
  | "callback-rejected"
  | "refresh-token-missing"
  | "rate-limited"
  | "maintenance"
  | "server-error"
  | "gateway-refused"
  | "nonce-used"
  | "unreachable"
  | "timed-out"
  | "unexpected-answer";

/** Who can mend it: the person by logging in, the operator by configuration, or time. */
export type FailureKind = "needs-person" | "misconfigured" | "transient" | "rate-limited";

export interface BrokerFailure {
  readonly kind: FailureKind;
  readonly reason: FailureReason;
  /** HTTP status of the answer; null when there was none. */
  readonly httpStatus: number | null;
}

/** Every call to a broker returns its outcome; only a bug of ours throws. */
export type BrokerAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: BrokerFailure };

const kindOf: Record<FailureReason, FailureKind> = {
  "token-expired": "needs-person",
  "token-rejected": "needs-person",
  "refresh-token-rejected": "needs-person",
  "code-rejected": "needs-person",
  "signature-invalid": "misconfigured",
  "consumer-key-rejected": "misconfigured",
  "clock-skew": "misconfigured",
  "callback-rejected": "misconfigured",
  "refresh-token-missing": "misconfigured",
  "rate-limited": "rate-limited",
  maintenance: "transient",
  "server-error": "transient",
  "gateway-refused": "transient",
  "nonce-used": "transient",
  unreachable: "transient",
  "timed-out": "transient",
  "unexpected-answer": "transient",
};

/** A failed answer; the kind follows from the reason, in one table. */
export function failed(reason: FailureReason, httpStatus: number | null = null): { ok: false; failure: BrokerFailure } {
  return { ok: false, failure: { kind: kindOf[reason], reason, httpStatus } };
}

export function succeeded<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}
