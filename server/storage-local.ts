// One machine: everything in one SQLite file, tokens sealed under a key file beside it.
import { join } from "node:path";
import { openKeyFile } from "./adapters/key-file.ts";
import { nodeRandomness } from "./adapters/node-randomness.ts";
import { sealedBox } from "./adapters/sealed-box.ts";
import { sqliteBrokerKeys } from "./adapters/sqlite-broker-keys.ts";
import { openDatabase } from "./adapters/sqlite-database.ts";
import { purge } from "./adapters/sqlite-housekeeping.ts";
import { sqliteLeases } from "./adapters/sqlite-leases.ts";
import { sqliteOutbox } from "./adapters/sqlite-outbox.ts";
import { sqliteRecordStore } from "./adapters/sqlite-record-store.ts";
import { rotateKey } from "./adapters/sqlite-rotate-key.ts";
import { sqliteSessions } from "./adapters/sqlite-sessions.ts";
import { sqliteTokenStore } from "./adapters/sqlite-token-store.ts";
import type { Storage } from "./storage.ts";

export function openLocalStorage(folder: string): Storage {
  const keys = openKeyFile(join(folder, "prebell.key"));
  const box = sealedBox(keys);
  const db = openDatabase(join(folder, "prebell.sqlite"));
  return {
    random: nodeRandomness((text) => box.fingerprint(text)),
    records: sqliteRecordStore(db, box),
    tokens: sqliteTokenStore(db, box),
    brokerKeys: sqliteBrokerKeys(db, box),
    outbox: sqliteOutbox(db),
    leases: sqliteLeases(db),
    sessions: sqliteSessions(db),
    publisher: null,
    purge: (now, machineNow) => purge(db, now, machineNow),
    rotateKey: () => rotateKey(db, keys, box),
    close: async () => db.close(),
  };
}
