// The message queue: written by firestore-record-store.ts with the change that causes a message, emptied by firestore-outbox.ts.
import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from "@google-cloud/firestore";
import { type Message, type MessageDraft, unsent } from "../domain/notice.ts";
import { firstPersonId } from "../domain/person.ts";
import type { MessageResult } from "../ports.ts";
import { explaining } from "./firestore-errors.ts";
import { collection, purging } from "./firestore-layout.ts";
import { readAll } from "./firestore-reads.ts";
import { fromStored, toStored, toTimestamp } from "./firestore-values.ts";

export interface MessageDocuments {
  add(transaction: Transaction, id: number, draft: MessageDraft): void;
  /** Those that are due; usually none, which costs one read. */
  due(now: Temporal.Instant): Promise<readonly DocumentReference[]>;
  /** What is due still, as it is while its taker sends it. */
  taken(stored: readonly DocumentSnapshot[], now: Temporal.Instant, leaseUntil: Temporal.Instant): readonly Message[];
  reference(id: number): DocumentReference;
  /** The message after that result; null if it changes nothing. */
  settled(stored: DocumentSnapshot | undefined, result: MessageResult): Message | null;
  standing(): Promise<readonly Message[]>;
  /** The message with what it shows from now on; null if it does not stand. */
  showing(stored: DocumentSnapshot | undefined, shown: Shown): Message | null;
  write(transaction: Transaction, message: Message): void;
  undelivered(): Promise<readonly Message[]>;
  newest(limit: number): Promise<readonly Message[]>;
}

type Shown = { readonly digest: string; readonly text: string } | null;

interface Stored {
  readonly facts: Message;
  /** The facts' `nextAttemptAt`, only while undelivered: what the query for due ones goes by. */
  readonly dueAt?: Temporal.Instant;
  /** The facts' `id`, only while it can be changed where it is. */
  readonly standing?: number;
}

/** In one transaction; a tick that leaves some behind is followed by another. */
const mostAtOnce = 100;

export function messageDocuments(db: Firestore): MessageDocuments {
  const messages = collection(db, "messages");
  const reference = (id: number) => messages.doc(String(id));

  function write(transaction: Transaction, facts: Message): void {
    const isOpen = facts.state === "waiting" || facts.state === "sending";
    const document = {
      facts,
      ...(facts.passage.shown === null ? {} : { standing: facts.id }),
      ...(isOpen ? { dueAt: facts.nextAttemptAt } : purging("messages", endOf(facts))),
    };
    transaction.set(reference(facts.id), toStored(document));
  }

  return {
    add(transaction, id, { to, notice, at, channel }) {
      const times = { createdAt: at, nextAttemptAt: at, sentAt: null };
      write(transaction, {
        id,
        to,
        notice,
        passage: unsent(channel),
        state: "waiting",
        attempts: 0,
        text: null,
        ...times,
      });
    },
    async due(now) {
      const query = messages.where("dueAt", "<=", toTimestamp(now)).orderBy("dueAt").limit(mostAtOnce);
      const { docs } = await explaining(() => query.get());
      return docs.map(({ ref }) => ref);
    },
    taken(stored, now, leaseUntil) {
      const due = stored
        .map(factsOf)
        .filter((facts) => facts !== null)
        .filter(({ state }) => state === "waiting" || state === "sending")
        .filter(({ nextAttemptAt }) => Temporal.Instant.compare(nextAttemptAt, now) <= 0);
      // While a message is being sent, its next attempt is the end of the lease: a crashed sender's message simply falls due.
      return due
        .toSorted((a, b) => a.id - b.id)
        .map((facts) => ({ ...facts, state: "sending", nextAttemptAt: leaseUntil }));
    },
    reference,
    settled: (stored, result) => afterResult(factsOf(stored), result),
    showing(stored, shown) {
      const message = factsOf(stored);
      if (message === null || message.passage.shown === null) return null;
      const passage = { ...message.passage, shown: shown?.digest ?? null };
      return { ...message, passage, text: shown?.text ?? message.text };
    },
    write,
    async undelivered() {
      // Only what is undelivered has the field, and usually nothing does: one read.
      const stored = await readAll<Stored>(messages.orderBy("dueAt").limit(mostAtOnce));
      return stored.map(({ facts }) => completed(facts)).toSorted((a, b) => a.id - b.id);
    },
    async standing() {
      // Only what stands has the field: usually nothing, or one message of this morning.
      const stored = await readAll<Stored>(messages.orderBy("standing").limit(mostAtOnce));
      return stored.map(({ facts }) => completed(facts));
    },
    async newest(limit) {
      const stored = await readAll<Stored>(messages.orderBy("facts.id", "desc").limit(limit));
      return stored.map(({ facts }) => completed(facts));
    },
  };
}

/** Whoever reports a delivery is right, even after its lease lapsed; a failure counts only while nobody knows better. */
function afterResult(message: Message | null, result: MessageResult): Message | null {
  if (message === null || message.state === "sent") return null;
  const { passage = message.passage } = result;
  if (result.outcome === "delivered")
    return { ...message, state: "sent", sentAt: result.at, text: result.text, passage };
  if (message.state !== "sending") return null;
  return result.outcome === "dropped"
    ? { ...message, state: "dropped" }
    : {
        ...message,
        state: "waiting",
        attempts: message.attempts + 1,
        nextAttemptAt: result.at,
        passage,
      };
}

function endOf({ sentAt, nextAttemptAt }: Message): Temporal.Instant {
  return sentAt ?? nextAttemptAt;
}

function factsOf(document: DocumentSnapshot | undefined): Message | null {
  const data = document?.data();
  return data === undefined ? null : completed(fromStored<Stored>(data).facts);
}

const forTheOwner = { to: firstPersonId, passage: unsent() };

/** With what was not recorded yet when the document was written. */
function completed(facts: Message): Message {
  return { ...forTheOwner, ...facts };
}
