// A laptop's storage in a directory of its own, gone when the test ends.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import { openKeyFile, type KeyFile } from "../../server/adapters/key-file.ts";
import { sealedBox, type SealedBox } from "../../server/adapters/sealed-box.ts";
import { sqliteBrokerKeys } from "../../server/adapters/sqlite-broker-keys.ts";
import { openDatabase } from "../../server/adapters/sqlite-database.ts";
import { sqliteLeases } from "../../server/adapters/sqlite-leases.ts";
import { sqliteOutbox } from "../../server/adapters/sqlite-outbox.ts";
import { sqliteRecordStore } from "../../server/adapters/sqlite-record-store.ts";
import { sqliteSessions } from "../../server/adapters/sqlite-sessions.ts";
import { sqliteTokenStore } from "../../server/adapters/sqlite-token-store.ts";
import type { Stores } from "./fakes.ts";

export interface Laptop extends Stores {
  readonly db: DatabaseSync;
  readonly keys: KeyFile;
  readonly box: SealedBox;
  readonly fingerprint: SealedBox["fingerprint"];
}

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "prebell-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function databasePath(directory: string): string {
  return join(directory, "prebell.db");
}

export function keyPath(directory: string): string {
  return join(directory, "prebell.key");
}

/** Opens database and key file as a process does; call it twice on a directory to play two processes. */
export function openLaptop(directory: string = temporaryDirectory()): Laptop {
  const db = openDatabase(databasePath(directory));
  onTestFinished(() => {
    if (db.isOpen) db.close();
  });
  const keys = openKeyFile(keyPath(directory));
  const box = sealedBox(keys);
  return {
    db,
    keys,
    box,
    fingerprint: (text) => box.fingerprint(text),
    records: sqliteRecordStore(db, box),
    outbox: sqliteOutbox(db),
    tokens: sqliteTokenStore(db, box),
    brokerKeys: sqliteBrokerKeys(db, box),
    leases: sqliteLeases(db),
    sessions: sqliteSessions(db),
  };
}
