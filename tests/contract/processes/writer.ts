// Commits and acknowledges until it is killed: one line per finished round, written after the commit returned.
import { writeSync } from "node:fs";
import { openKeyFile } from "../../../server/adapters/key-file.ts";
import { sealedBox } from "../../../server/adapters/sealed-box.ts";
import { openDatabase } from "../../../server/adapters/sqlite-database.ts";
import { sqliteLeases } from "../../../server/adapters/sqlite-leases.ts";
import { sqliteRecordStore } from "../../../server/adapters/sqlite-record-store.ts";
import { sqliteTokenStore } from "../../../server/adapters/sqlite-token-store.ts";
import { Secret } from "../../../server/domain/secret.ts";
import { aConnection, aPending } from "../../support/builders.ts";
import { anEntry, anEvent, now } from "../drafts.ts";
import { aTokenSet } from "../token-sets.ts";

const [databasePath = "", keyPath = ""] = process.argv.slice(2);
const db = openDatabase(databasePath);
const box = sealedBox(openKeyFile(keyPath));
const records = sqliteRecordStore(db, box);
const tokens = sqliteTokenStore(db, box);

if ((await sqliteLeases(db).acquire("writer", now)) === null)
  throw new Error("The lease of a dead writer is still held.");

for (;;) {
  const revision = (await records.connection("etrade-prod"))?.revision ?? 0;
  const version = await tokens.put("etrade-prod", aTokenSet({ token: `PLAIN-${revision}`, secret: "PLAIN-SECRET" }));
  const outcome = await records.commit({
    connection: aConnection({ revision }),
    pending: aPending({
      id: `pending-${revision}`,
      authorizeUrl: "https://broker.example/?token=PLAIN-REQUEST",
      requestToken: new Secret("PLAIN-REQUEST"),
      requestTokenSecret: new Secret("PLAIN-SECRET"),
      candidate: aTokenSet({ token: `PLAIN-${revision}` }),
    }),
    events: [anEvent({ id: `event-${revision}`, secretVersion: version })],
    journal: [anEntry({ text: `round ${revision}` })],
  });
  if (outcome !== "committed") throw new Error("Nobody else writes, yet there is a conflict.");
  writeSync(1, `${JSON.stringify({ revision, version })}\n`);
}
