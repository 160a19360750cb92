// Part of sqlite-record-store.ts: the fire drills, a few each year.
import type { DatabaseSync } from "node:sqlite";
import type { Drill } from "../domain/drill.ts";
import { toMillis } from "./epoch-millis.ts";
import { factsFromJson, factsToJson } from "./plain-facts.ts";
import { query } from "./sqlite-query.ts";

export interface DrillTable {
  /** Newest first. */
  newest(limit: number): readonly Drill[];
  /** Writes revision + 1; false if the stored revision is another. Call inside a transaction that bumps the change counter. */
  write(drill: Drill): boolean;
}

export function drillTable(db: DatabaseSync): DrillTable {
  const select = query<{ facts: string }>(db, "SELECT facts FROM drills ORDER BY created_at DESC, id LIMIT ?");
  const insert = db.prepare(
    "INSERT INTO drills (id, created_at, revision, facts) VALUES (:id, :createdAt, 1, :facts) ON CONFLICT DO NOTHING",
  );
  const update = db.prepare(
    "UPDATE drills SET revision = revision + 1, facts = :facts WHERE id = :id AND revision = :revision",
  );
  return {
    newest: (limit) => select.all(limit).map(({ facts }) => factsFromJson<Drill>(facts)),
    write(drill) {
      const { id, revision } = drill;
      const facts = factsToJson({ ...drill, revision: revision + 1 });
      const result =
        revision === 0
          ? insert.run({ id, createdAt: toMillis(drill.createdAt), facts })
          : update.run({ id, revision, facts });
      return result.changes === 1;
    },
  };
}
