// Part of firestore-record-store.ts: the journal and the confirmations that are written with it.
import type { Firestore, Transaction } from "@google-cloud/firestore";
import type { JournalEntry } from "../domain/journal.ts";
import { chain, type JournalLine } from "../domain/journal-chain.ts";
import type { Confirmation } from "../ports.ts";
import type { Numbers } from "./firestore-change.ts";
import { collection, documentId } from "./firestore-layout.ts";
import { readAll } from "./firestore-reads.ts";
import { toStored } from "./firestore-values.ts";
import type { SealedBox } from "./sealed-box.ts";

export interface JournalDocuments {
  append(transaction: Transaction, numbers: Numbers, entry: JournalEntry): void;
  newest(limit: number, before: number | null): Promise<readonly JournalLine[]>;
  confirm(transaction: Transaction, confirmation: Confirmation): void;
  confirmations(): Promise<readonly Confirmation[]>;
}

interface Stored {
  readonly facts: JournalEntry & { readonly id: number };
  /** Absent in entries from before the chain. */
  readonly hash?: string;
}

export function journalDocuments(db: Firestore, { fingerprint }: Pick<SealedBox, "fingerprint">): JournalDocuments {
  const journal = collection(db, "journal");
  const confirmations = collection(db, "confirmations");
  return {
    append(transaction, numbers, entry) {
      const { newestId, head: before } = numbers.journal();
      const { line, head } = chain(fingerprint, before, newestId, entry);
      const { hash, ...facts } = line;
      // Created, never set: an entry that is there is not written over.
      transaction.create(journal.doc(String(line.id)), toStored({ facts, hash }));
      numbers.addToJournal(head);
    },
    async newest(limit, before) {
      const newestFirst = journal.orderBy("facts.id", "desc").limit(limit);
      const query = before === null ? newestFirst : newestFirst.where("facts.id", "<", before);
      return (await readAll<Stored>(query)).map(({ facts, hash }) => ({ ...facts, hash: hash ?? null }));
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
