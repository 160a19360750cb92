// One of two processes that want the same at the same time; prints what it got.
import { setTimeout as pause } from "node:timers/promises";
import { openFirestore } from "../../../server/adapters/firestore-database.ts";
import { firestoreLeases } from "../../../server/adapters/firestore-leases.ts";
import { firestoreOutbox } from "../../../server/adapters/firestore-outbox.ts";
import { firestoreRecordStore } from "../../../server/adapters/firestore-record-store.ts";
import { firestoreSessions } from "../../../server/adapters/firestore-sessions.ts";
import { newConnection } from "../../../server/domain/connection.ts";
import { inMemoryFingerprint } from "../../support/fakes.ts";
import { anEntry, anEvent, now } from "../drafts.ts";

const [emulatorHost = "", name = "", other = ""] = process.argv.slice(2);
const db = openFirestore({ project: "prebell-test", emulatorHost });
// No authorization is pending, so nothing is sealed.
const unused = () => {
  throw new Error("Nothing is sealed here.");
};
const records = firestoreRecordStore(db, { seal: unused, open: unused, fingerprint: inMemoryFingerprint });
const outbox = firestoreOutbox(db);
const leases = firestoreLeases(db);
const sessions = firestoreSessions(db);
const rounds = Array.from({ length: 12 }, (_, index) => index);
const lease = now.add({ hours: 1 });

await records.commit({ claims: [`ready/${name}`] });
while ((await records.takenClaims([`ready/${other}`])).size === 0) await pause(5);

const got = { claims: [] as number[], leases: [] as number[], links: [] as number[], messages: [] as number[] };
const events: number[] = [];

for (const round of rounds) {
  const change = { claims: [`slot/${round}`], events: [anEvent({ id: `${name}-${round}` })], journal: [anEntry()] };
  if ((await records.commit(change)) === "committed") got.claims.push(round);
  if ((await leases.acquire(`connection/${round}`, now)) !== null) got.leases.push(round);
  if ((await sessions.spendOneTime("link", `link-${round}`, now)) !== null) got.links.push(round);
  for (const { id } of await outbox.takeMessages(now.add({ seconds: round }), lease)) got.messages.push(id);
  await changeTheConnection();
}
while ((await outbox.eventBacklog()).count > 0) {
  const event = await outbox.takeEvent(now, lease);
  if (event === null) continue;
  events.push(event.sequence);
  await outbox.settleEvent(event.sequence, { outcome: "delivered", at: now, text: null });
}
await db.terminate();
console.log(JSON.stringify({ ...got, events }));

/** One more failure than whoever was here before: none may get lost. */
async function changeTheConnection(): Promise<void> {
  for (;;) {
    const stored = await records.connection("etrade-prod");
    const connection = stored ?? newConnection({ id: "etrade-prod", provider: "etrade", environment: "prod" });
    const changed = { ...connection, consecutiveFailures: connection.consecutiveFailures + 1 };
    if ((await records.commit({ connection: changed })) === "committed") return;
  }
}
