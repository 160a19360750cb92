// Pure. What happened, who did it and by which door, for the person to read back.
import type { Door } from "./web-session.ts";

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
  | "reminders-held"
  | "chat-blocked"
  | "chat-unblocked"
  | "signed-in"
  | "sign-in-refused"
  | "signed-out"
  | "passkey-added"
  | "passkey-renamed"
  | "passkey-removed"
  | "locked"
  | "unlocked"
  | "person-invited"
  | "person-joined"
  | "person-changed"
  | "person-removed"
  | "channel-added"
  | "channel-removed"
  | "connection-added"
  | "connection-shared"
  | "connection-unshared"
  | "connection-given"
  | "connection-removed"
  | "keys-replaced"
  | "api-token-made"
  | "api-token-revoked"
  | "drill-planned"
  | "drill-rang"
  | "drill-ended"
  | "drill-failed"
  | "refused";

/** Who did it: a person, or a program under the name of its token. */
export interface Actor {
  readonly personId: string | null;
  readonly name: string;
  readonly door: Door;
}

export interface JournalEntry {
  readonly at: Temporal.Instant;
  readonly kind: JournalKind;
  /** Null for what concerns the whole program. */
  readonly connectionId: string | null;
  /** One plain sentence without secrets, ready to show. */
  readonly text: string;
  /** Absent: Prebell by itself. */
  readonly by?: Actor;
}

/** How it ended: done; turned away by Prebell; tried, and come to nothing. */
export type Outcome = "done" | "refused" | "failed";

const outcomes: Partial<Record<JournalKind, Outcome>> = {
  refused: "refused",
  "sign-in-refused": "refused",
  "account-mismatch": "refused",
  "authorization-failed": "failed",
  "keepalive-failed": "failed",
  "drill-failed": "failed",
};

export function outcomeOf(kind: JournalKind): Outcome {
  return outcomes[kind] ?? "done";
}
