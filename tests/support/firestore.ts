// Prebell's stores over a Firestore on this machine, gone when the test ends.
import { randomBytes } from "node:crypto";
import type { Firestore } from "@google-cloud/firestore";
import { openFirestore } from "../../server/adapters/firestore-database.ts";
import { firestoreLeases } from "../../server/adapters/firestore-leases.ts";
import { firestoreOutbox } from "../../server/adapters/firestore-outbox.ts";
import { firestoreRecordStore } from "../../server/adapters/firestore-record-store.ts";
import { firestoreSessions } from "../../server/adapters/firestore-sessions.ts";
import { sealedBox } from "../../server/adapters/sealed-box.ts";
import type { Stores } from "./fakes.ts";
import { type FirestoreServer, startFirestoreServer } from "./firestore-server.ts";
import { clearAfterwards } from "./program-leftovers.ts";

export interface Cloud extends Omit<Stores, "tokens" | "brokerKeys"> {
  readonly server: FirestoreServer;
  readonly db: Firestore;
  readonly fingerprint: (text: string) => string;
}

/** Opens the stores as a process does; call it twice with one server to play two processes. */
export async function openCloud(server?: FirestoreServer): Promise<Cloud> {
  const running = server ?? (await startFirestoreServer());
  const db = openFirestore({ project: "prebell-test", emulatorHost: running.host });
  clearAfterwards(() => db.terminate());
  return {
    server: running,
    db,
    fingerprint: (text) => box.fingerprint(text),
    records: firestoreRecordStore(db, box),
    outbox: firestoreOutbox(db),
    leases: firestoreLeases(db),
    sessions: firestoreSessions(db),
  };
}

const key = { id: "00c0ffee", bytes: randomBytes(32) };
const pin = randomBytes(32);

export const box = sealedBox({
  where: "the test",
  remedy: "",
  newest: () => key,
  find: (id) => (id === key.id ? key : null),
  pinSecret: () => pin,
});
