// Takes messages until none is left and prints the ids it took, as one of several senders at once.
import { openDatabase } from "../../../server/adapters/sqlite-database.ts";
import { sqliteOutbox } from "../../../server/adapters/sqlite-outbox.ts";
import { now } from "../drafts.ts";

const outbox = sqliteOutbox(openDatabase(process.argv[2] ?? ""));
const taken: number[] = [];
for (let step = 0; step < 200; step += 1) {
  const instant = now.add({ milliseconds: step });
  for (const { id } of await outbox.takeMessages(instant, now.add({ hours: 1 }))) taken.push(id);
}
console.log(JSON.stringify(taken));
