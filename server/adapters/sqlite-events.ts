// The event queue: written by sqlite-record-store.ts with the change it announces, emptied in order by sqlite-outbox.ts.
import type { DatabaseSync } from "node:sqlite";
import type { TokenEvent, TokenEventDraft, TokenEventType } from "../domain/token-event.ts";
import type { DeliveryResult } from "../ports.ts";
import { toInstant, toInstantOrNull, toMillis, toMillisOrNull } from "./epoch-millis.ts";
import { query } from "./sqlite-query.ts";

export interface EventTable {
  /** Call inside a transaction. */
  add(draft: TokenEventDraft): void;
  hasDue(now: Temporal.Instant): boolean;
  takeOldest(now: Temporal.Instant, leaseUntil: Temporal.Instant): (TokenEvent & { attempts: number }) | null;
  settle(sequence: number, result: DeliveryResult): void;
  after(sequence: number, limit: number): readonly TokenEvent[];
  lastSequence(): number;
  backlog(): { count: number; oldestAt: Temporal.Instant | null };
  announcedAt(connectionId: string, version: number): Temporal.Instant | null;
}

interface Row {
  readonly sequence: number;
  readonly id: string;
  readonly type: TokenEventType;
  readonly at: number;
  readonly connection_id: string;
  readonly provider: string;
  readonly environment: string;
  readonly secret_version: number | null;
  readonly issued_at: number | null;
  readonly expires_at: number | null;
  readonly attempts: number;
}

export function eventTable(db: DatabaseSync): EventTable {
  const insert = db.prepare(`
    INSERT INTO events (id, type, at, connection_id, provider, environment, secret_version, issued_at, expires_at,
      state, attempts, next_attempt_at)
    VALUES (:id, :type, :at, :connection_id, :provider, :environment, :secret_version, :issued_at, :expires_at,
      'waiting', 0, :at)`);
  // The oldest one only: while it is on its way or waits for its next attempt, the events behind it wait too.
  const selectDue = query(db, "SELECT 1 FROM events WHERE state = 'waiting' AND next_attempt_at <= ? LIMIT 1");
  const take = query<Row>(
    db,
    `
    UPDATE events SET next_attempt_at = :lease_until
    WHERE sequence = (SELECT sequence FROM events WHERE state = 'waiting' ORDER BY sequence LIMIT 1)
      AND next_attempt_at <= :now RETURNING *`,
  );
  const deliver = db.prepare(
    "UPDATE events SET state = 'delivered', settled_at = :at WHERE sequence = :sequence AND state <> 'delivered'",
  );
  const postpone = db.prepare(
    "UPDATE events SET attempts = attempts + 1, next_attempt_at = :at WHERE sequence = :sequence AND state = 'waiting'",
  );
  const drop = db.prepare(
    "UPDATE events SET state = 'dropped', settled_at = :at WHERE sequence = :sequence AND state = 'waiting'",
  );
  const selectAfter = query<Row>(db, "SELECT * FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?");
  // AUTOINCREMENT's own record outlives purged events.
  const selectLast = query<{ seq: number }>(db, "SELECT seq FROM sqlite_sequence WHERE name = 'events'");
  const selectBacklog = query<{ count: number; oldest: number | null }>(
    db,
    "SELECT count(*) AS count, min(at) AS oldest FROM events WHERE state = 'waiting'",
  );
  const selectAnnounced = query<{ at: number | null }>(
    db,
    `
    SELECT min(settled_at) AS at FROM events WHERE connection_id = ? AND secret_version = ?
      AND type IN ('token.renewed', 'token.refreshed') AND state = 'delivered'`,
  );

  return {
    add(draft) {
      insert.run(toColumns(draft));
    },
    hasDue: (now) => selectDue.get(toMillis(now)) !== undefined,
    takeOldest(now, leaseUntil) {
      const row = take.get({ now: toMillis(now), lease_until: toMillis(leaseUntil) });
      return row === undefined ? null : { ...toEvent(row), attempts: row.attempts };
    },
    settle(sequence, result) {
      const values = { sequence, at: toMillis(result.at) };
      switch (result.outcome) {
        case "delivered":
          deliver.run(values);
          return;
        case "retry":
          postpone.run(values);
          return;
        case "dropped":
          drop.run(values);
      }
    },
    after: (sequence, limit) => selectAfter.all(sequence, limit).map(toEvent),
    lastSequence: () => selectLast.get()?.seq ?? 0,
    backlog() {
      const row = selectBacklog.get();
      return { count: row?.count ?? 0, oldestAt: toInstantOrNull(row?.oldest ?? null) };
    },
    announcedAt: (connectionId, version) => toInstantOrNull(selectAnnounced.get(connectionId, version)?.at ?? null),
  };
}

function toColumns(draft: TokenEventDraft): Record<string, string | number | null> {
  return {
    id: draft.id,
    type: draft.type,
    at: toMillis(draft.at),
    connection_id: draft.connectionId,
    provider: draft.provider,
    environment: draft.environment,
    secret_version: draft.secretVersion,
    issued_at: toMillisOrNull(draft.issuedAt),
    expires_at: toMillisOrNull(draft.expiresAt),
  };
}

function toEvent(row: Row): TokenEvent {
  return {
    sequence: row.sequence,
    id: row.id,
    type: row.type,
    at: toInstant(row.at),
    connectionId: row.connection_id,
    provider: row.provider,
    environment: row.environment,
    secretVersion: row.secret_version,
    issuedAt: toInstantOrNull(row.issued_at),
    expiresAt: toInstantOrNull(row.expires_at),
  };
}
