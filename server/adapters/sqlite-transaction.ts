// Every write goes through here. node:sqlite is synchronous, so no two transactions of a process can interleave.
import type { DatabaseSync } from "node:sqlite";

/** Runs `work` under the database's write lock and commits; rolls back if it throws or if `keeps` refuses its result. */
export function transaction<T>(db: DatabaseSync, work: () => T, keeps: (result: T) => boolean = () => true): T {
  // A lock taken at the start waits its turn; one upgraded later could fail although nothing is wrong.
  db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    db.exec(keeps(result) ? "COMMIT" : "ROLLBACK");
    return result;
  } catch (error) {
    // A full disk has already rolled back.
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

export interface ChangeCounter {
  /** Call in each transaction that changes what a page shows. */
  bump(): void;
  read(): number;
}

/** Counts in a row, because SQLite's own data_version says nothing about this connection's writes. */
export function changeCounter(db: DatabaseSync): ChangeCounter {
  const bump = db.prepare("UPDATE changes SET count = count + 1");
  const read = db.prepare("SELECT count FROM changes");
  return {
    bump() {
      bump.run();
    },
    read: () => Number(read.get()?.["count"]),
  };
}
