// Keeps the file small. Claims stay for good: each may be taken once, ever. So does the journal.
import type { DatabaseSync } from "node:sqlite";
import { toMillis } from "./epoch-millis.ts";
import { changeCounter, transaction } from "./sqlite-transaction.ts";

const day = 24;
const keepHours = {
  /** Long enough to answer "was I told?" for a quarter. */
  outbox: 90 * day,
  /** An ended authorization answers late taps for an hour; its request token is dead by then. */
  pending: day,
} as const;

/**
 * Deletes what has outlived its use; safe at any time and in several processes. Nothing undelivered or open is touched.
 * `machineNow`: the time that sign-ins live by, where a rehearsal moved the other.
 */
export function purge(db: DatabaseSync, now: Temporal.Instant, machineNow: Temporal.Instant = now): void {
  const before = (hours: number): number => toMillis(now.subtract({ hours }));
  const changes = changeCounter(db);
  transaction(db, () => {
    const shown = [
      db
        .prepare("DELETE FROM messages WHERE state IN ('sent', 'dropped') AND created_at < ?")
        .run(before(keepHours.outbox)),
      db.prepare("DELETE FROM events WHERE state <> 'waiting' AND at < ?").run(before(keepHours.outbox)),
    ];
    db.prepare(
      "DELETE FROM pending_authorizations WHERE stage IN ('waiting', 'completed', 'failed') AND expires_at < ?",
    ).run(before(keepHours.pending));
    db.prepare("DELETE FROM leases WHERE expires_at <= ?").run(toMillis(now));
    for (const table of ["sessions", "one_times"])
      db.prepare(`DELETE FROM ${table} WHERE expires_at <= ?`).run(toMillis(machineNow));
    if (shown.some((result) => result.changes > 0)) changes.bump();
  });
  // Shrinks the write-ahead log, which otherwise keeps the size of its busiest day; a no-op while a reader is in the way.
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}
