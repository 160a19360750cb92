// Pure. What a person is told, as facts; the wording is made when it is sent (bot/messages.ts).
import type { BrokerFailure } from "./broker-answer.ts";
import type { ReminderSlot } from "./planner.ts";

export type Notice =
  | {
      readonly kind: "renewal-required";
      readonly tradingDay: string;
      readonly slot: ReminderSlot;
      readonly connections: readonly string[];
    }
  | { readonly kind: "renewed"; readonly connection: string; readonly version: number }
  | { readonly kind: "renewal-failed"; readonly connection: string; readonly reason: string }
  | {
      readonly kind: "account-mismatch";
      readonly connection: string;
      readonly offered: readonly string[];
      readonly pinned: readonly string[];
      readonly revoked: boolean;
    }
  | { readonly kind: "expired"; readonly connection: string }
  | { readonly kind: "token-lost"; readonly connection: string; readonly reason: "rejected" | "revoked" }
  | { readonly kind: "misconfigured"; readonly connection: string; readonly failure: BrokerFailure }
  | {
      readonly kind: "keepalive-failing";
      readonly connection: string;
      readonly failures: number;
      readonly failure: BrokerFailure;
    }
  | { readonly kind: "keepalive-recovered"; readonly connection: string };

/** A notice on its way to the person. */
export interface Message {
  /** Rises with each message. */
  readonly id: number;
  readonly notice: Notice;
  readonly createdAt: Temporal.Instant;
  readonly state: "waiting" | "sending" | "sent" | "dropped";
  readonly attempts: number;
  readonly nextAttemptAt: Temporal.Instant;
  readonly sentAt: Temporal.Instant | null;
  /** The text as it was sent; null until then. */
  readonly text: string | null;
}

/** A notice to be queued. Each claim can be taken once, ever: that is what makes a message unique. */
export interface MessageDraft {
  readonly claims: readonly string[];
  readonly notice: Notice;
  readonly at: Temporal.Instant;
}
