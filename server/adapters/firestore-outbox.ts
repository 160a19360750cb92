import type { Firestore } from "@google-cloud/firestore";
import type { Outbox } from "../ports.ts";
import { changeRecords, readCounters } from "./firestore-change.ts";
import { eventDocuments } from "./firestore-events.ts";
import { messageDocuments } from "./firestore-messages.ts";

export function firestoreOutbox(db: Firestore): Outbox {
  const messages = messageDocuments(db);
  const events = eventDocuments(db);

  return {
    async takeMessages(now, leaseUntil) {
      // Most looks find nothing: one read in every tick, and no transaction.
      const due = await messages.due(now);
      if (due.length === 0) return [];
      return changeRecords(db, due, (stored) => {
        const taken = messages.taken(stored, now, leaseUntil);
        if (taken.length === 0) return { answer: taken, write: null };
        return {
          answer: taken,
          write(transaction) {
            for (const message of taken) messages.write(transaction, message);
          },
        };
      });
    },
    settleMessage: (id, result) =>
      changeRecords(db, [messages.reference(id)], ([stored]) => {
        const settled = messages.settled(stored, result);
        if (settled === null) return { answer: undefined, write: null };
        return { answer: undefined, write: (transaction) => messages.write(transaction, settled) };
      }),
    standingMessages: () => messages.standing(),
    showMessage: (id, shown) =>
      changeRecords(db, [messages.reference(id)], ([stored]) => {
        const message = messages.showing(stored, shown);
        if (message === null) return { answer: undefined, write: null };
        return { answer: undefined, write: (transaction) => messages.write(transaction, message) };
      }),
    undeliveredMessages: () => messages.undelivered(),
    messages: (limit) => messages.newest(limit),
    async takeEvent(now, leaseUntil) {
      const due = await events.due(now);
      if (due === null) return null;
      return changeRecords(db, [due], ([stored]) => {
        const taken = events.taken(stored, now, leaseUntil);
        if (taken === null) return { answer: null, write: null };
        return {
          answer: { ...taken.facts, attempts: taken.delivery.attempts },
          write: (transaction) => events.write(transaction, taken),
        };
      });
    },
    settleEvent: (sequence, result) =>
      changeRecords(db, [events.reference(sequence)], ([stored]) => {
        const settled = events.settled(stored, result);
        if (settled === null) return { answer: undefined, write: null };
        return { answer: undefined, write: (transaction) => events.write(transaction, settled) };
      }),
    eventsAfter: (sequence, limit) => events.after(sequence, limit),
    async lastSequence() {
      return (await readCounters(db)).lastEvent;
    },
    eventBacklog: () => events.backlog(),
    announcedAt: (connectionId, version) => events.announcedAt(connectionId, version),
  };
}
