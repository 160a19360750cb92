// Opens the one file that the server and the command line share, each through a connection of its own.
import * as fs from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { migrations } from "./sqlite-migrations.ts";
import { ensurePrivateDirectory, hasCode, isExposed, syncDirectory } from "./private-file.ts";
import { transaction } from "./sqlite-transaction.ts";

// Longer than any transaction of ours; whoever waits longer has met a hung process, and an error is better than silence.
const busyMilliseconds = 5000;

// FULL, because a token lost to a power cut is a lost trading day. On macOS only F_FULLFSYNC reaches the disk itself.
// secure_delete overwrites destroyed token sets with zeros.
const settings = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA fullfsync = ON;
  PRAGMA checkpoint_fullfsync = ON;
  PRAGMA secure_delete = ON;
`;

/** The database at `path`, created or migrated as needed; throws a clear sentence if it is no database of ours or a newer one. */
export function openDatabase(path: string): DatabaseSync {
  ensurePrivateDirectory(dirname(path));
  ensurePrivateFile(path);
  const db = new DatabaseSync(path, { timeout: busyMilliseconds, enableForeignKeyConstraints: true });
  try {
    refuseNewer(db, path);
    db.exec(settings);
    if (schemaVersion(db) < migrations.length) migrate(db, path);
    return db;
  } catch (error) {
    db.close();
    if (isNotADatabase(error))
      throw new Error(`${path} is not a Prebell database or is damaged. Move it away, or put it back from a backup.`, {
        cause: error,
      });
    throw error;
  }
}

function ensurePrivateFile(path: string): void {
  try {
    // SQLite gives its -wal and -shm files the mode of this one. An existing file must never be opened here: closing
    // any descriptor of it drops the locks this process holds through SQLite (sqlite.org/howtocorrupt.html §2.2).
    fs.closeSync(fs.openSync(path, "wx", 0o600));
    syncDirectory(dirname(path));
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    if (isExposed(fs.statSync(path).mode)) fs.chmodSync(path, 0o600);
  }
}

function migrate(db: DatabaseSync, path: string): void {
  transaction(db, () => {
    // Another process may have migrated while we waited for the lock.
    refuseNewer(db, path);
    for (const migration of migrations.slice(schemaVersion(db))) db.exec(migration);
    db.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

function refuseNewer(db: DatabaseSync, path: string): void {
  const version = schemaVersion(db);
  if (version > migrations.length)
    throw new Error(
      `${path} was written by a newer Prebell (schema ${version}; this program knows ${migrations.length}). ` +
        "Update the program, or use another DATA_DIR.",
    );
}

function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare("PRAGMA user_version").get()?.["user_version"]);
}

function isNotADatabase(error: unknown): boolean {
  // SQLITE_CORRUPT and SQLITE_NOTADB, sqlite.org/rescode.html
  return error instanceof Error && "errcode" in error && (error.errcode === 11 || error.errcode === 26);
}
