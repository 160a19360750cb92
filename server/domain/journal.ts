// Pure. What happened, for the person to read back.

export type JournalKind =
  | "authorization-started"
  | "authorization-failed"
  | "token-stored"
  | "token-refreshed"
  | "token-rolled-back"
  | "keepalive-ok"
  | "keepalive-failed"
  | "token-ended"
  | "token-revoked"
  | "accounts-pinned"
  | "accounts-unpinned"
  | "account-mismatch"
  | "consumer-confirmed"
  | "signed-in";

export interface JournalEntry {
  readonly at: Temporal.Instant;
  readonly kind: JournalKind;
  /** Null for what concerns the whole program. */
  readonly connectionId: string | null;
  /** One plain sentence without secrets, ready to show. */
  readonly text: string;
}
