// Every change of the records is one transaction that reads and raises `meta/counters`: so messages, events and journal
// entries are numbered without a gap in the order of their commits, and one read tells whether anything is new.
import { randomUUID } from "node:crypto";
import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from "@google-cloud/firestore";
import type { JournalHead } from "../domain/journal-chain.ts";
import { collection, purging } from "./firestore-layout.ts";
import { readOne } from "./firestore-reads.ts";
import { inTransaction } from "./firestore-transaction.ts";
import { fromStored, toStored } from "./firestore-values.ts";
import { machineClock } from "./machine-clock.ts";

export interface Counters {
  readonly changes: number;
  readonly lastMessage: number;
  readonly lastEvent: number;
  readonly lastJournal: number;
  /** Null before the first entry that was chained. */
  readonly journalHead: JournalHead | null;
}

/** Hands out the next numbers; they are taken once the change is committed. */
export interface Numbers {
  nextMessage(): number;
  nextEvent(): number;
  /** The journal's last entry and the head of its chain, as they are now in this change. */
  journal(): { readonly newestId: number; readonly head: JournalHead | null };
  addToJournal(head: JournalHead): void;
}

/** What the change comes to, given what is stored; `write` is null where nothing changes, and then nothing is counted. */
export interface Decision<T> {
  readonly answer: T;
  readonly write: ((transaction: Transaction, numbers: Numbers) => void) | null;
}

/** One read. */
export async function readCounters(db: Firestore): Promise<Counters> {
  return { ...none, ...(await readOne<Counters>(countersOf(db))) };
}

/**
 * Reads `documents` and the counters, decides, and writes it all or nothing. Exactly once, also where the answer to the
 * commit is lost: the change leaves a mark of its own, and whoever finds that has nothing left to do.
 */
export async function changeRecords<T>(
  db: Firestore,
  documents: readonly DocumentReference[],
  decide: (stored: readonly DocumentSnapshot[]) => Decision<T>,
): Promise<T> {
  const since = performance.now();
  const mark = collection(db, "changes").doc(randomUUID());
  // By attempt: which one got through is written on the mark.
  const tried: { readonly answer: T }[] = [];

  async function attempt(transaction: Transaction): Promise<T> {
    const isRepeated = tried.length > 0;
    const references = [countersOf(db), ...documents, ...(isRepeated ? [mark] : [])];
    const [counters, ...stored] = await transaction.getAll(...references);
    const done = isRepeated ? markOn(stored.pop()) : null;
    if (done !== null) return answerOf(done);
    const { answer, write } = decide(stored);
    if (write === null) return answer;
    const data = counters?.data();
    const numbers = counting(data === undefined ? none : { ...none, ...fromStored<Counters>(data) });
    write(transaction, numbers);
    transaction.set(countersOf(db), numbers.after());
    transaction.create(mark, toStored({ attempt: tried.length, ...purging("changes", machineClock()) }));
    tried.push({ answer });
    return answer;
  }

  function answerOf({ attempt: index }: Mark): T {
    const committed = tried[index];
    if (committed === undefined) throw new Error("A change was committed that was never tried.");
    return committed.answer;
  }

  return inTurn(db, async () => {
    try {
      return await inTransaction(db, attempt, since);
    } catch (error) {
      // The last answer may be the lost one.
      const done = tried.length === 0 ? null : await readOne<Mark>(mark).catch(() => null);
      if (done === null) throw error;
      return answerOf(done);
    }
  });
}

interface Mark {
  readonly attempt: number;
}

const none: Counters = { changes: 0, lastMessage: 0, lastEvent: 0, lastJournal: 0, journalHead: null };

function countersOf(db: Firestore): DocumentReference {
  return collection(db, "meta").doc("counters");
}

function markOn(document: DocumentSnapshot | undefined): Mark | null {
  const data = document?.data();
  return data === undefined ? null : fromStored<Mark>(data);
}

function counting(before: Counters): Numbers & { after(): Counters } {
  let { lastMessage, lastEvent, lastJournal, journalHead } = before;
  return {
    nextMessage: () => (lastMessage += 1),
    nextEvent: () => (lastEvent += 1),
    journal: () => ({ newestId: lastJournal, head: journalHead }),
    addToJournal(head) {
      journalHead = head;
      lastJournal = head.lastId;
    },
    after: () => ({ changes: before.changes + 1, lastMessage, lastEvent, lastJournal, journalHead }),
  };
}

const queues = new WeakMap<Firestore, Promise<unknown>>();

/** One change of this process after the other: they all meet at the counters, and a collision costs more than the wait. */
async function inTurn<T>(db: Firestore, work: () => Promise<T>): Promise<T> {
  const turn = (queues.get(db) ?? Promise.resolve()).then(work);
  queues.set(
    db,
    turn.catch(() => {}),
  );
  return turn;
}
