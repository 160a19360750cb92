// The event queue: written by firestore-record-store.ts with the change that causes an event, emptied by firestore-outbox.ts.
import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from "@google-cloud/firestore";
import type { TokenEvent, TokenEventDraft } from "../domain/token-event.ts";
import type { DeliveryResult } from "../ports.ts";
import { explaining } from "./firestore-errors.ts";
import { collection, purging } from "./firestore-layout.ts";
import { readAll } from "./firestore-reads.ts";
import { fromStored, toStored } from "./firestore-values.ts";

interface Delivery {
  readonly state: "waiting" | "delivered" | "dropped";
  readonly attempts: number;
  readonly nextAttemptAt: Temporal.Instant;
  readonly settledAt: Temporal.Instant | null;
}

export interface QueuedEvent {
  readonly facts: TokenEvent;
  readonly delivery: Delivery;
}

export interface EventDocuments {
  add(transaction: Transaction, sequence: number, draft: TokenEventDraft): void;
  /** The oldest undelivered one if it is due: while it is on its way or waits, the events behind it wait too. One read. */
  due(now: Temporal.Instant): Promise<DocumentReference | null>;
  /** The event as it is while its taker delivers it; null if it is no longer due. */
  taken(stored: DocumentSnapshot | undefined, now: Temporal.Instant, leaseUntil: Temporal.Instant): QueuedEvent | null;
  reference(sequence: number): DocumentReference;
  /** The event after that result; null if it changes nothing. */
  settled(stored: DocumentSnapshot | undefined, result: DeliveryResult): QueuedEvent | null;
  write(transaction: Transaction, event: QueuedEvent): void;
  after(sequence: number, limit: number): Promise<readonly TokenEvent[]>;
  backlog(): Promise<{ count: number; oldestAt: Temporal.Instant | null }>;
  announcedAt(connectionId: string, version: number): Promise<Temporal.Instant | null>;
}

export function eventDocuments(db: Firestore): EventDocuments {
  const events = collection(db, "events");
  const reference = (sequence: number) => events.doc(String(sequence));
  const waiting = events.orderBy("waitingSequence");

  function write(transaction: Transaction, { facts, delivery }: QueuedEvent): void {
    // Fields that only some events have are what queries go by: one over several fields would need an index of its own.
    const document = {
      facts,
      delivery,
      ...(delivery.settledAt === null ? { waitingSequence: facts.sequence } : purging("events", delivery.settledAt)),
      ...announcement(facts),
    };
    transaction.set(reference(facts.sequence), toStored(document));
  }

  return {
    add(transaction, sequence, draft) {
      const delivery: Delivery = { state: "waiting", attempts: 0, nextAttemptAt: draft.at, settledAt: null };
      write(transaction, { facts: { ...draft, sequence }, delivery });
    },
    async due(now) {
      const { docs } = await explaining(() => waiting.limit(1).get());
      const [oldest] = docs;
      return oldest !== undefined && isDue(queued(oldest), now) ? oldest.ref : null;
    },
    taken(stored, now, leaseUntil) {
      const event = queued(stored);
      if (event === null || !isDue(event, now)) return null;
      return { ...event, delivery: { ...event.delivery, nextAttemptAt: leaseUntil } };
    },
    reference,
    settled: (stored, result) => afterResult(queued(stored), result),
    write,
    async after(sequence, limit) {
      const query = events.where("facts.sequence", ">", sequence).orderBy("facts.sequence").limit(limit);
      const stored = await readAll<QueuedEvent>(query);
      return stored.map(({ facts }) => facts);
    },
    async backlog() {
      const stored = await readAll<QueuedEvent>(waiting);
      return { count: stored.length, oldestAt: earliest(stored.map(({ facts }) => facts.at)) };
    },
    async announcedAt(connectionId, version) {
      const query = events.where("announces", "==", announcementOf(connectionId, version));
      const delivered = (await readAll<QueuedEvent>(query)).filter(({ delivery }) => delivery.state === "delivered");
      return earliest(delivered.map(({ delivery }) => delivery.settledAt).filter((at) => at !== null));
    },
  };
}

function afterResult(event: QueuedEvent | null, { outcome, at }: DeliveryResult): QueuedEvent | null {
  if (event === null || event.delivery.state === "delivered") return null;
  const { facts, delivery } = event;
  if (outcome === "delivered") return { facts, delivery: { ...delivery, state: "delivered", settledAt: at } };
  if (delivery.state === "dropped") return null;
  return outcome === "dropped"
    ? { facts, delivery: { ...delivery, state: "dropped", settledAt: at } }
    : { facts, delivery: { ...delivery, attempts: delivery.attempts + 1, nextAttemptAt: at } };
}

function isDue(event: QueuedEvent | null, now: Temporal.Instant): boolean {
  return (
    event !== null &&
    event.delivery.state === "waiting" &&
    Temporal.Instant.compare(event.delivery.nextAttemptAt, now) <= 0
  );
}

function announcement({ type, connectionId, secretVersion }: TokenEvent): { readonly announces?: string } {
  const isNews = type === "token.renewed" || type === "token.refreshed";
  return isNews && secretVersion !== null ? { announces: announcementOf(connectionId, secretVersion) } : {};
}

function announcementOf(connectionId: string, version: number): string {
  return `${connectionId}/${version}`;
}

function earliest(instants: readonly Temporal.Instant[]): Temporal.Instant | null {
  return instants.toSorted((a, b) => Temporal.Instant.compare(a, b))[0] ?? null;
}

function queued(document: DocumentSnapshot | undefined): QueuedEvent | null {
  const data = document?.data();
  return data === undefined ? null : fromStored<QueuedEvent>(data);
}
