// Replaces the key again and again until it is killed.
import { writeSync } from "node:fs";
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
  writeSync(1, "rotated\n");
}
