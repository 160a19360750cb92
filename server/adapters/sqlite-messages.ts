// The message queue: written by sqlite-record-store.ts with the change that causes a message, emptied by sqlite-outbox.ts.
import type { DatabaseSync } from "node:sqlite";
import { type Message, type MessageDraft, type Passage, unsent } from "../domain/notice.ts";
import type { MessageResult } from "../ports.ts";
import { toInstant, toInstantOrNull, toMillis } from "./epoch-millis.ts";
import { factsFromJson, factsToJson } from "./plain-facts.ts";
import { query } from "./sqlite-query.ts";

export interface MessageTable {
  /** False if a claim was taken before; the caller rolls back. Call inside a transaction. */
  add(draft: MessageDraft): boolean;
  /** False if one was taken before; the caller rolls back. Call inside a transaction. */
  claim(claims: readonly string[]): boolean;
  takenClaims(claims: readonly string[]): ReadonlySet<string>;
  hasDue(now: Temporal.Instant): boolean;
  take(now: Temporal.Instant, leaseUntil: Temporal.Instant): readonly Message[];
  settle(id: number, result: MessageResult): void;
  standing(): readonly Message[];
  show(id: number, shown: { readonly digest: string; readonly text: string } | null): void;
  undelivered(): readonly Message[];
  newest(limit: number): readonly Message[];
}

interface Row {
  readonly id: number;
  readonly to_person: string;
  readonly notice: string;
  readonly created_at: number;
  readonly state: Message["state"];
  readonly attempts: number;
  readonly next_attempt_at: number;
  readonly sent_at: number | null;
  readonly text: string | null;
  readonly passage: string | null;
  readonly shown: string | null;
}

export function messageTable(db: DatabaseSync): MessageTable {
  const insertClaim = db.prepare("INSERT INTO claims (claim) VALUES (?) ON CONFLICT DO NOTHING");
  const selectClaims = query<{ claim: string }>(
    db,
    "SELECT claim FROM claims WHERE claim IN (SELECT value FROM json_each(?))",
  );
  const insert = db.prepare(`
    INSERT INTO messages (to_person, notice, created_at, state, attempts, next_attempt_at, passage) VALUES (?, ?, ?, 'waiting', 0, ?, ?)`);
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
    "UPDATE messages SET state = 'sent', sent_at = :at, text = :text, passage = COALESCE(:passage, passage), shown = :shown WHERE id = :id AND state <> 'sent'",
  );
  const postpone = db.prepare(
    "UPDATE messages SET state = 'waiting', attempts = attempts + 1, next_attempt_at = :at, passage = COALESCE(:passage, passage) WHERE id = :id AND state = 'sending'",
  );
  const drop = db.prepare("UPDATE messages SET state = 'dropped' WHERE id = :id AND state = 'sending'");
  const selectUndelivered = query<Row>(
    db,
    "SELECT * FROM messages WHERE state IN ('waiting', 'sending') ORDER BY id LIMIT 100",
  );
  const select = query<Row>(db, "SELECT * FROM messages ORDER BY id DESC LIMIT ?");
  const selectStanding = query<Row>(db, "SELECT * FROM messages WHERE shown IS NOT NULL ORDER BY id");
  const show = db.prepare("UPDATE messages SET shown = :digest, text = :text WHERE id = :id AND shown IS NOT NULL");
  const takeDown = db.prepare("UPDATE messages SET shown = NULL WHERE id = ?");

  const claim = (claims: readonly string[]) => claims.every((name) => insertClaim.run(name).changes === 1);

  return {
    claim,
    add(draft) {
      if (!claim(draft.claims)) return false;
      insert.run(
        draft.to,
        JSON.stringify(draft.notice),
        toMillis(draft.at),
        toMillis(draft.at),
        factsToJson(unsent(draft.channel)),
      );
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
          deliver.run({ id, at: toMillis(result.at), text: result.text, ...passageColumns(result.passage) });
          return;
        case "retry":
          postpone.run({ id, at: toMillis(result.at), passage: passageColumns(result.passage).passage });
          return;
        case "dropped":
          drop.run({ id });
      }
    },
    undelivered: () => selectUndelivered.all().map(toMessage),
    newest: (limit) => select.all(limit).map(toMessage),
    standing: () => selectStanding.all().map(toMessage),
    show(id, shown) {
      if (shown === null) takeDown.run(id);
      else show.run({ id, ...shown });
    },
  };
}

/** `shown` has a column of its own: what stands is looked for in every tick. */
function passageColumns(passage: Passage | undefined) {
  return { passage: passage === undefined ? null : factsToJson(passage), shown: passage?.shown ?? null };
}

function toMessage(row: Row): Message {
  const passage = row.passage === null ? unsent() : factsFromJson<Passage>(row.passage);
  return {
    id: row.id,
    to: row.to_person,
    passage: { ...passage, shown: row.shown },
    notice: JSON.parse(row.notice),
    createdAt: toInstant(row.created_at),
    state: row.state,
    attempts: row.attempts,
    nextAttemptAt: toInstant(row.next_attempt_at),
    sentAt: toInstantOrNull(row.sent_at),
    text: row.text,
  };
}
