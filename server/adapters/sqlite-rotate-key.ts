import type { DatabaseSync } from "node:sqlite";
import type { KeyFile } from "./key-file.ts";
import { keyIdOf, type SealedBox } from "./sealed-box.ts";
import { pendingContext } from "./sealed-pending.ts";
import { brokerKeysContext } from "./sqlite-broker-keys.ts";
import { identityContext } from "./sqlite-people.ts";
import { query } from "./sqlite-query.ts";
import { tokenContext } from "./sqlite-token-store.ts";
import { transaction } from "./sqlite-transaction.ts";

interface TokenRow {
  readonly connection_id: string;
  readonly version: number;
  readonly sealed: Uint8Array;
}

interface PendingRow {
  readonly id: string;
  readonly connection_id: string;
  readonly sealed: Uint8Array;
}

/**
 * Puts every sealed blob under a fresh key and drops the keys no blob needs any more; returns how many blobs there were.
 * Killed at any point, it leaves a key file that opens every blob; the next run finishes the work. Both steps hold the
 * write lock, and whoever seals does so under that lock with the newest key, so no process can seal under a dropped one.
 */
export function rotateKey(db: DatabaseSync, keys: KeyFile, box: SealedBox): number {
  const count = transaction(db, () => {
    // On disk before the first blob needs it.
    keys.add();
    return (
      resealTokens(db, box) +
      resealPendings(db, box) +
      resealBrokerKeys(db, box) +
      resealIdentities(db, box, "people") +
      resealIdentities(db, box, "api_tokens")
    );
  });
  transaction(db, () => keys.keepOnly(keyIdsInUse(db)));
  // Copies under the dropped key would stay in the write-ahead log otherwise.
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  return count;
}

function resealTokens(db: DatabaseSync, box: SealedBox): number {
  const rows = query<TokenRow>(db, "SELECT connection_id, version, sealed FROM tokens").all();
  const update = db.prepare("UPDATE tokens SET sealed = ? WHERE connection_id = ? AND version = ?");
  for (const { connection_id, version, sealed } of rows)
    update.run(resealed(box, sealed, tokenContext(connection_id, version)), connection_id, version);
  return rows.length;
}

function resealPendings(db: DatabaseSync, box: SealedBox): number {
  const rows = query<PendingRow>(db, "SELECT id, connection_id, sealed FROM pending_authorizations").all();
  const update = db.prepare("UPDATE pending_authorizations SET sealed = ? WHERE id = ?");
  for (const { id, connection_id, sealed } of rows)
    update.run(resealed(box, sealed, pendingContext(connection_id, id)), id);
  return rows.length;
}

function resealBrokerKeys(db: DatabaseSync, box: SealedBox): number {
  const rows = query<Omit<TokenRow, "version">>(db, "SELECT connection_id, sealed FROM broker_keys").all();
  const update = db.prepare("UPDATE broker_keys SET sealed = ? WHERE connection_id = ?");
  for (const { connection_id, sealed } of rows)
    update.run(resealed(box, sealed, brokerKeysContext(connection_id)), connection_id);
  return rows.length;
}

function resealIdentities(db: DatabaseSync, box: SealedBox, table: "people" | "api_tokens"): number {
  const rows = query<{ id: string; sealed: Uint8Array }>(db, `SELECT id, sealed FROM ${table}`).all();
  const update = db.prepare(`UPDATE ${table} SET sealed = ? WHERE id = ?`);
  for (const { id, sealed } of rows) update.run(resealed(box, sealed, identityContext(table, id)), id);
  return rows.length;
}

function resealed(box: SealedBox, sealed: Uint8Array, context: string): Buffer {
  return box.seal(box.open(sealed, context), context);
}

function keyIdsInUse(db: DatabaseSync): ReadonlySet<string> {
  const tables = ["tokens", "pending_authorizations", "broker_keys", "people", "api_tokens"];
  const sql = tables.map((table) => `SELECT sealed FROM ${table}`).join(" UNION ALL ");
  const rows = query<{ sealed: Uint8Array }>(db, sql).all();
  return new Set(rows.map((row) => keyIdOf(row.sealed)));
}
