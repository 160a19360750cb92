// Part of firestore-record-store.ts: the fire drills, one document each under its id; a few each year.
import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from "@google-cloud/firestore";
import type { Drill } from "../domain/drill.ts";
import { collection } from "./firestore-layout.ts";
import { readAll } from "./firestore-reads.ts";
import { fromStored, toStored } from "./firestore-values.ts";

export interface DrillDocuments {
  /** One query: as many reads as it finds, at least one. */
  newest(limit: number): Promise<readonly Drill[]>;
  reference(id: string): DocumentReference;
  /** Whether the stored revision is the one that the change was made from. */
  isCurrent(drill: Drill, stored: DocumentSnapshot | undefined): boolean;
  /** Writes revision + 1. */
  write(transaction: Transaction, drill: Drill): void;
}

export function drillDocuments(db: Firestore): DrillDocuments {
  const drills = collection(db, "drills");
  const reference = (id: string) => drills.doc(id);
  return {
    newest: (limit) => readAll<Drill>(drills.orderBy("createdAt", "desc").limit(limit)),
    reference,
    isCurrent({ revision }, stored) {
      const data = stored?.data();
      return (data === undefined ? 0 : fromStored<Drill>(data).revision) === revision;
    },
    write(transaction, drill) {
      transaction.set(reference(drill.id), toStored({ ...drill, revision: drill.revision + 1 }));
    },
  };
}
