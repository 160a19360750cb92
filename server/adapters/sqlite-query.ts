// The one place where the shape of stored data is taken on trust: only this program writes these STRICT tables.
import type { DatabaseSync, SQLInputValue } from "node:sqlite";

export interface Query<Row> {
  all(...values: SQLInputValue[]): Row[];
  all(values: Record<string, SQLInputValue>): Row[];
  get(...values: SQLInputValue[]): Row | undefined;
  get(values: Record<string, SQLInputValue>): Row | undefined;
}

/** A prepared statement that answers rows of that shape. */
export function query<Row>(db: DatabaseSync, sql: string, options: { returnArrays?: boolean } = {}): Query<Row> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return db.prepare(sql, options) as unknown as Query<Row>;
}
