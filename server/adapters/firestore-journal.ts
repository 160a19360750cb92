// Part of firestore-record-store.ts: the journal and the confirmations that are written with it.
import type { Firestore, Transaction } from "@google-cloud/firestore";
import type { JournalEntry } from "../domain/journal.ts";
import type { Confirmation } from "../ports.ts";
import { collection, documentId, purging } from "./firestore-layout.ts";
import { readAll } from "./firestore-reads.ts";
import { toStored } from "./firestore-values.ts";

export interface JournalDocuments {
  append(transaction: Transaction, id: number, entry: JournalEntry): void;
  newest(limit: number, before: number | null): Promise<readonly (JournalEntry & { id: number })[]>;
  confirm(transaction: Transaction, confirmation: Confirmation): void;
  confirmations(): Promise<readonly Confirmation[]>;
}

interface Stored {
  readonly facts: JournalEntry & { id: number };
}

export function journalDocuments(db: Firestore): JournalDocuments {
  const journal = collection(db, "journal");
  const confirmations = collection(db, "confirmations");
  return {
    append(transaction, id, entry) {
      const document = { facts: { id, ...entry }, ...purging("journal", entry.at) };
      transaction.set(journal.doc(String(id)), toStored(document));
    },
    async newest(limit, before) {
      const newestFirst = journal.orderBy("facts.id", "desc").limit(limit);
      const query = before === null ? newestFirst : newestFirst.where("facts.id", "<", before);
      return (await readAll<Stored>(query)).map(({ facts }) => facts);
    },
    confirm(transaction, confirmation) {
      const { connectionId, consumer } = confirmation;
      // A consumer chooses its own name, and a document's id may not hold just anything.
      const id = documentId(JSON.stringify([connectionId, consumer]));
      transaction.set(confirmations.doc(id), toStored(confirmation));
    },
    async confirmations() {
      const all = await readAll<Confirmation>(confirmations);
      return all.toSorted((a, b) => inOrder(a.connectionId, b.connectionId) || inOrder(a.consumer, b.consumer));
    },
  };
}

function inOrder(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
