// Valid baselines of what a change is made of; a test overrides the one thing it is about.
import type { JournalEntry } from "../../server/domain/journal.ts";
import type { MessageDraft } from "../../server/domain/notice.ts";
import type { TokenEventDraft } from "../../server/domain/token-event.ts";
import { at } from "../support/builders.ts";

/** Tuesday 10 March 2026, 08:30 New York. */
export const now = at("2026-03-10T12:30:00Z");

export function aMessage(overrides: Partial<MessageDraft> = {}): MessageDraft {
  return { to: "owner", claims: [], notice: { kind: "expired", connection: "etrade-prod" }, at: now, ...overrides };
}

export function anEvent(overrides: Partial<TokenEventDraft> = {}): TokenEventDraft {
  return {
    id: "event-1",
    type: "token.renewed",
    at: now,
    connectionId: "etrade-prod",
    provider: "etrade",
    environment: "prod",
    secretVersion: 1,
    issuedAt: now,
    expiresAt: at("2026-03-11T04:00:00Z"),
    ...overrides,
  };
}

export function anEntry(overrides: Partial<JournalEntry> = {}): JournalEntry {
  return { at: now, kind: "token-stored", connectionId: "etrade-prod", text: "E*TRADE: renewed.", ...overrides };
}
