import type { DatabaseSync } from "node:sqlite";
import type { Outbox } from "../ports.ts";
import { eventTable } from "./sqlite-events.ts";
import { messageTable } from "./sqlite-messages.ts";
import { changeCounter, transaction } from "./sqlite-transaction.ts";

export function sqliteOutbox(db: DatabaseSync): Outbox {
  const changes = changeCounter(db);
  const messages = messageTable(db);
  const events = eventTable(db);

  return {
    async takeMessages(now, leaseUntil) {
      // Most looks find nothing, and those need no lock.
      if (!messages.hasDue(now)) return [];
      return transaction(db, () => {
        const taken = messages.take(now, leaseUntil);
        if (taken.length > 0) changes.bump();
        return taken;
      });
    },
    async settleMessage(id, result) {
      transaction(db, () => {
        messages.settle(id, result);
        changes.bump();
      });
    },
    async undeliveredMessages() {
      return messages.undelivered();
    },
    async standingMessages() {
      return messages.standing();
    },
    async showMessage(id, shown) {
      transaction(db, () => {
        messages.show(id, shown);
        changes.bump();
      });
    },
    async messages(limit) {
      return messages.newest(limit);
    },
    async takeEvent(now, leaseUntil) {
      if (!events.hasDue(now)) return null;
      return transaction(db, () => {
        const taken = events.takeOldest(now, leaseUntil);
        if (taken !== null) changes.bump();
        return taken;
      });
    },
    async settleEvent(sequence, result) {
      transaction(db, () => {
        events.settle(sequence, result);
        changes.bump();
      });
    },
    async eventsAfter(sequence, limit) {
      return events.after(sequence, limit);
    },
    async lastSequence() {
      return events.lastSequence();
    },
    async eventBacklog() {
      return events.backlog();
    },
    async announcedAt(connectionId, version) {
      return events.announcedAt(connectionId, version);
    },
  };
}
