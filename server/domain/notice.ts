// Pure. What a person is told, as facts; the wording is made when it is sent (bot/messages.ts).
import type { BrokerFailure } from "./broker-answer.ts";
import type { EarlyStep } from "./early-asks.ts";
import type { ReminderSlot } from "./planner.ts";

/** A login that still lives, and what the person has to know before they make the next one. */
export interface LivingLogin {
  readonly connection: string;
  /** ISO 8601 instant. */
  readonly endsAt: string;
  /** A new login replaces this one for every program that uses it. */
  readonly replaced: boolean;
}

export type Notice =
  | {
      readonly kind: "renewal-required";
      readonly tradingDay: string;
      readonly slot: ReminderSlot;
      readonly connections: readonly string[];
      /** Those of `connections` that are alive and will not outlive the trading day; absent if there are none. */
      readonly living?: readonly LivingLogin[];
    }
  | { readonly kind: "login-ending"; readonly logins: readonly (LivingLogin & { readonly step: EarlyStep })[] }
  | { readonly kind: "renewed"; readonly connection: string; readonly version: number }
  | { readonly kind: "renewal-failed"; readonly connection: string; readonly reason: string }
  | {
      readonly kind: "account-mismatch";
      readonly connection: string;
      readonly offered: readonly string[];
      readonly pinned: readonly string[];
      readonly revoked: boolean;
    }
  | {
      readonly kind: "expired";
      readonly connection: string;
      /** How long a login lives, where that is a span; absent where it lives until midnight. */
      readonly ruleSeconds?: number;
    }
  | {
      /** The broker ended a login of a given span before its time. */
      readonly kind: "died-early";
      readonly connection: string;
      readonly livedSeconds: number;
      readonly ruleSeconds: number;
    }
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

/** The connections that a notice speaks of. */
export function connectionsOf(notice: Notice): readonly string[] {
  if (notice.kind === "renewal-required") return notice.connections;
  return notice.kind === "login-ending" ? notice.logins.map(({ connection }) => connection) : [notice.connection];
}
