// The message queue: written by sqlite-record-store.ts with the change that causes a message, emptied by sqlite-outbox.ts.
import type { DatabaseSync } from "node:sqlite";
import type { Message, MessageDraft } from "../domain/notice.ts";
import type { DeliveryResult } from "../ports.ts";
import { toInstant, toInstantOrNull, toMillis } from "./epoch-millis.ts";
import { query } from "./sqlite-query.ts";

export interface MessageTable {
  /** False if a claim was taken before; the caller rolls back. Call inside a transaction. */
  add(draft: MessageDraft): boolean;
  /** False if one was taken before; the caller rolls back. Call inside a transaction. */
  claim(claims: readonly string[]): boolean;
  takenClaims(claims: readonly string[]): ReadonlySet<string>;
  hasDue(now: Temporal.Instant): boolean;
  take(now: Temporal.Instant, leaseUntil: Temporal.Instant): readonly Message[];
  settle(id: number, result: DeliveryResult): void;
  undelivered(): readonly Message[];
  newest(limit: number): readonly Message[];
}

interface Row {
  readonly id: number;
  readonly notice: string;
  readonly created_at: number;
  readonly state: Message["state"];
  readonly attempts: number;
  readonly next_attempt_at: number;
  readonly sent_at: number | null;
  readonly text: string | null;
}

export function messageTable(db: DatabaseSync): MessageTable {
  const insertClaim = db.prepare("INSERT INTO claims (claim) VALUES (?) ON CONFLICT DO NOTHING");
  const selectClaims = query<{ claim: string }>(
    db,
    "SELECT claim FROM claims WHERE claim IN (SELECT value FROM json_each(?))",
  );
  const insert = db.prepare(`
    INSERT INTO messages (notice, created_at, state, attempts, next_attempt_at) VALUES (?, ?, 'waiting', 0, ?)`);
  const selectDue = query(
    db,
    "SELECT 1 FROM messages WHERE state IN ('waiting', 'sending') AND next_attempt_at <= ? LIMIT 1",
  );
  // While a message is being sent, next_attempt_at is the end of the lease: a crashed sender's message simply falls due.
  const take = query<Row>(
    db,
    `
    UPDATE messages SET state = 'sending', next_attempt_at = :lease_until
    WHERE state IN ('waiting', 'sending') AND next_attempt_at <= :now RETURNING *`,
  );
  // Whoever reports a delivery is right, even after its lease lapsed; a failure counts only while nobody knows better.
  const deliver = db.prepare(
    "UPDATE messages SET state = 'sent', sent_at = :at, text = :text WHERE id = :id AND state <> 'sent'",
  );
  const postpone = db.prepare(
    "UPDATE messages SET state = 'waiting', attempts = attempts + 1, next_attempt_at = :at WHERE id = :id AND state = 'sending'",
  );
  const drop = db.prepare("UPDATE messages SET state = 'dropped' WHERE id = :id AND state = 'sending'");
  const selectUndelivered = query<Row>(
    db,
    "SELECT * FROM messages WHERE state IN ('waiting', 'sending') ORDER BY id LIMIT 100",
  );
  const select = query<Row>(db, "SELECT * FROM messages ORDER BY id DESC LIMIT ?");

  const claim = (claims: readonly string[]) => claims.every((name) => insertClaim.run(name).changes === 1);

  return {
    claim,
    add(draft) {
      if (!claim(draft.claims)) return false;
      insert.run(JSON.stringify(draft.notice), toMillis(draft.at), toMillis(draft.at));
      return true;
    },
    takenClaims: (claims) => new Set(selectClaims.all(JSON.stringify(claims)).map((row) => row.claim)),
    hasDue: (now) => selectDue.get(toMillis(now)) !== undefined,
    take(now, leaseUntil) {
      const rows = take.all({ now: toMillis(now), lease_until: toMillis(leaseUntil) });
      return rows.map(toMessage).toSorted((a, b) => a.id - b.id);
    },
    settle(id, result) {
      switch (result.outcome) {
        case "delivered":
          deliver.run({ id, at: toMillis(result.at), text: result.text });
          return;
        case "retry":
          postpone.run({ id, at: toMillis(result.at) });
          return;
        case "dropped":
          drop.run({ id });
      }
    },
    undelivered: () => selectUndelivered.all().map(toMessage),
    newest: (limit) => select.all(limit).map(toMessage),
  };
}

function toMessage(row: Row): Message {
  return {
    id: row.id,
    notice: JSON.parse(row.notice),
    createdAt: toInstant(row.created_at),
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: toInstant(row.next_attempt_at),
    sentAt: toInstantOrNull(row.sent_at),
    text: row.text,
  };
}
