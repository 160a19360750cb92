// Part of firestore-record-store.ts: the connections, one document each under its id.
import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from "@google-cloud/firestore";
import type { Connection } from "../domain/connection.ts";
import { firstPersonId } from "../domain/person.ts";
import { collection } from "./firestore-layout.ts";
import { readAll, readOne } from "./firestore-reads.ts";
import { fromStored, toStored } from "./firestore-values.ts";

export interface ConnectionDocuments {
  /** One query: as many reads as there are connections. */
  all(): Promise<readonly Connection[]>;
  one(id: string): Promise<Connection | null>;
  reference(id: string): DocumentReference;
  /** Whether the stored revision is the one that the change was made from. */
  isCurrent(connection: Connection, stored: DocumentSnapshot | undefined): boolean;
  /** Writes revision + 1. */
  write(transaction: Transaction, connection: Connection): void;
}

export function connectionDocuments(db: Firestore): ConnectionDocuments {
  const connections = collection(db, "connections");
  const reference = (id: string) => connections.doc(id);
  return {
    // Firestore's own order is that of the ids.
    all: async () => (await readAll<Connection>(connections)).map(completed),
    async one(id) {
      const stored = await readOne<Connection>(reference(id));
      return stored === null ? null : completed(stored);
    },
    reference,
    isCurrent(connection, stored) {
      const data = stored?.data();
      const revision = data === undefined ? 0 : fromStored<Connection>(data).revision;
      return revision === connection.revision;
    },
    write(transaction, connection) {
      transaction.set(reference(connection.id), toStored({ ...connection, revision: connection.revision + 1 }));
    },
  };
}

const nobodyElses = { ownerId: firstPersonId, sharedWith: [], keys: null, removedAt: null };

/** With what was not recorded yet when the document was written. */
function completed(written: Connection): Connection {
  const stored = { ...nobodyElses, ...written };
  return stored.token === null
    ? stored
    : { ...stored, token: { ...stored.token, accessExpiresAt: stored.token.accessExpiresAt ?? null } };
}
