// Pure. What a person is told, as facts; the wording is made when it is sent (bot/messages.ts).
import type { BrokerFailure } from "./broker-answer.ts";
import type { EarlyStep } from "./early-asks.ts";
import type { Entry } from "./entry.ts";
import { drillConnectionId } from "./drill.ts";
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
      /** The name of the person who was asked before and did not answer; absent for them. */
      readonly insteadOf?: string;
    }
  /** A fire drill rings. `drill`: its id. */
  | { readonly kind: "drill"; readonly drill: string }
  /** A morning that needs nothing. */
  | { readonly kind: "all-set"; readonly tradingDay: string; readonly connections: readonly string[] }
  /** A channel that will not take messages any more, told over the next one. `label`: masked. */
  | {
      readonly kind: "channel-broken";
      readonly label: string;
      readonly sentence: string;
      /** Messages arrive there; what the person answers does not come back. Absent where messages don't. */
      readonly isDeaf?: true;
    }
  /** What a person sends themselves to see that it arrives. `label`: masked. */
  | { readonly kind: "channel-test"; readonly label: string }
  | { readonly kind: "login-ending"; readonly logins: readonly (LivingLogin & { readonly step: EarlyStep })[] }
  | {
      readonly kind: "renewed";
      readonly connection: string;
      readonly version: number;
      /** In answer to the code that its reader sent in the chat: told whatever else shows it. */
      readonly answersCode?: true;
    }
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
  | { readonly kind: "keepalive-recovered"; readonly connection: string }
  /** Somebody came in as the reader, or tried to. */
  | ({ readonly kind: "entry" } & Entry)
  | {
      /** Asks which number the page shows. Sent at once and never queued: it is of no use two minutes later. */
      readonly kind: "match";
      readonly id: string;
      readonly numbers: readonly number[];
      readonly connection: string;
      readonly device: string | null;
    };

/** One try to bring a message to its reader. */
export interface Try {
  /** The channel's id. */
  readonly channel: string;
  readonly startedAt: Temporal.Instant;
  /** How long the channel took to answer. */
  readonly milliseconds: number;
  /** What it said against it, with the remedy; null: it took the message. */
  readonly failure: string | null;
}

/** Where a message is on its way, as far as it has come. */
export interface Passage {
  /** The id of the channel that has it, or is tried next; null: the reader's first. */
  readonly channel: string | null;
  /** The channel's own name for it, where it can be changed there later. */
  readonly reference: string | null;
  /** What its reader sees of it now, as a digest, where it is the living message of its day; null where it is not. */
  readonly shown: string | null;
  /** The newest ten, oldest first. */
  readonly tries: readonly Try[];
}

/** A notice on its way to one person. */
export interface Message {
  /** Rises with each message. */
  readonly id: number;
  /** The person it is for. */
  readonly to: string;
  readonly notice: Notice;
  readonly passage: Passage;
  readonly createdAt: Temporal.Instant;
  readonly state: "waiting" | "sending" | "sent" | "dropped";
  readonly attempts: number;
  readonly nextAttemptAt: Temporal.Instant;
  readonly sentAt: Temporal.Instant | null;
  /** The text as it was sent; null until then. */
  readonly text: string | null;
}

/** Before the first try. */
export function unsent(channel: string | null = null): Passage {
  return { channel, reference: null, shown: null, tries: [] };
}

export const triesKept = 10;

/** A notice to be queued. Each claim can be taken once, ever: that is what makes a message unique. */
export interface MessageDraft {
  /** The person it is for. */
  readonly to: string;
  readonly claims: readonly string[];
  readonly notice: Notice;
  readonly at: Temporal.Instant;
  /** The id of the channel that is tried first; absent: the reader's own first. */
  readonly channel?: string;
}

/** New York date of the trading day that a notice is about; null where it is about none. */
export function tradingDayOf(notice: Notice): string | null {
  return "tradingDay" in notice ? notice.tradingDay : null;
}

/** What the living message of its kind is about, of which a person has one at a time; null where the kind has none. */
export function livingSubject(notice: Notice): string | null {
  if (notice.kind === "drill") return "drill";
  return notice.kind === "renewal-required" ? notice.tradingDay : null;
}

/** The connections that a notice speaks of. */
export function connectionsOf(notice: Notice): readonly string[] {
  if (notice.kind === "renewal-required" || notice.kind === "all-set") return notice.connections;
  if (notice.kind === "channel-broken" || notice.kind === "channel-test" || notice.kind === "entry") return [];
  if (notice.kind === "drill") return [drillConnectionId];
  return notice.kind === "login-ending" ? notice.logins.map(({ connection }) => connection) : [notice.connection];
}

/** What somebody has to be allowed to do to the connections of a notice to read it: accounts are their owner's affair. */
export function actOfNotice({ kind }: Notice): "renew" | "own" {
  return kind === "account-mismatch" || kind === "misconfigured" ? "own" : "renew";
}
