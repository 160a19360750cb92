// Part of sqlite-record-store.ts: the last run of each kind of scheduled work.
import type { DatabaseSync } from "node:sqlite";
import type { Run } from "../domain/clockwork.ts";
import { toInstant, toMillis } from "./epoch-millis.ts";
import { query } from "./sqlite-query.ts";

export interface RunTable {
  last(): readonly Run[];
  record(run: Run): void;
}

export function runTable(db: DatabaseSync): RunTable {
  const select = query<{ kind: Run["kind"]; at: number; ok: number }>(
    db,
    "SELECT kind, at, ok FROM runs ORDER BY kind",
  );
  const upsert = db.prepare(`
    INSERT INTO runs (kind, at, ok) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET at = excluded.at, ok = excluded.ok WHERE excluded.at >= at`);
  return {
    last: () => select.all().map(({ kind, at, ok }) => ({ kind, at: toInstant(at), ok: ok === 1 })),
    record({ kind, at, ok }) {
      upsert.run(kind, toMillis(at), ok ? 1 : 0);
    },
  };
}
