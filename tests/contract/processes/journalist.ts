// Writes a hundred journal entries while others do the same.
import { openKeyFile } from "../../../server/adapters/key-file.ts";
import { sealedBox } from "../../../server/adapters/sealed-box.ts";
import { openDatabase } from "../../../server/adapters/sqlite-database.ts";
import { sqliteRecordStore } from "../../../server/adapters/sqlite-record-store.ts";
import { anEntry } from "../drafts.ts";

const [databasePath = "", keyPath = ""] = process.argv.slice(2);
const records = sqliteRecordStore(openDatabase(databasePath), sealedBox(openKeyFile(keyPath)));

for (let count = 0; count < 100; count += 1) await records.commit({ journal: [anEntry({ text: `${process.pid}` })] });
