// Replaces the key again and again until it is killed.
import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { openKeyFile } from "../../../server/adapters/key-file.ts";
import { sealedBox } from "../../../server/adapters/sealed-box.ts";
import { openDatabase } from "../../../server/adapters/sqlite-database.ts";
import { rotateKey } from "../../../server/adapters/sqlite-rotate-key.ts";

const [databasePath = "", keyPath = ""] = process.argv.slice(2);
const db = openDatabase(databasePath);
const keys = openKeyFile(keyPath);
const box = sealedBox(keys);
for (;;) {
  rotateKey(db, keys, box);
  // SQLite's lock has no queue: without a gap whoever else wants it could wait for ever. Before the line and not after it,
  // so that the kill that follows the line strikes a rotation.
  // oxlint-disable-next-line no-await-in-loop -- one rotation after the other
  await pause(20);
  writeSync(1, "rotated\n");
}
