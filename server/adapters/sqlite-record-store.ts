import type { DatabaseSync } from "node:sqlite";
import type { RecordStore } from "../ports.ts";
import type { SealedBox } from "./sealed-box.ts";
import { connectionTable } from "./sqlite-connections.ts";
import { drillTable } from "./sqlite-drills.ts";
import { eventTable } from "./sqlite-events.ts";
import { journalTable } from "./sqlite-journal.ts";
import { messageTable } from "./sqlite-messages.ts";
import { runTable } from "./sqlite-runs.ts";
import { peopleTable } from "./sqlite-people.ts";
import { pendingTable } from "./sqlite-pending.ts";
import { changeCounter, transaction } from "./sqlite-transaction.ts";

export function sqliteRecordStore(db: DatabaseSync, box: SealedBox): RecordStore {
  const changes = changeCounter(db);
  const connections = connectionTable(db);
  const pendings = pendingTable(db, box);
  const messages = messageTable(db);
  const events = eventTable(db);
  const journal = journalTable(db, box);
  const runs = runTable(db);
  const drills = drillTable(db);
  const people = peopleTable(db, box, () => changes.read());

  return {
    async connections() {
      return connections.all();
    },
    async connection(id) {
      return connections.one(id);
    },
    async pendingAuthorizations(now, connectionId) {
      return pendings.recent(now, connectionId ?? null);
    },
    async commit(change) {
      const write = (): "committed" | "conflict" => {
        if (change.connection !== undefined && !connections.write(change.connection)) return "conflict";
        if (change.person !== undefined && !people.write(change.person)) return "conflict";
        if (change.drill !== undefined && !drills.write(change.drill)) return "conflict";
        if (!messages.claim(change.claims ?? [])) return "conflict";
        for (const draft of change.messages ?? []) if (!messages.add(draft)) return "conflict";
        if (change.pending !== undefined) pendings.write(change.pending);
        if (change.apiToken !== undefined) people.writeToken(change.apiToken);
        for (const draft of change.events ?? []) events.add(draft);
        for (const entry of change.journal ?? []) journal.append(entry);
        changes.bump();
        return "committed";
      };
      return transaction(db, write, (outcome) => outcome === "committed");
    },
    async people() {
      return people.all();
    },
    async apiTokens() {
      return people.tokens();
    },
    async drills(limit) {
      return drills.newest(limit);
    },
    async takenClaims(claims) {
      return messages.takenClaims(claims);
    },
    async journal(limit, before) {
      return journal.newest(limit, before ?? null);
    },
    async journalHead() {
      return journal.head();
    },
    async changeCount() {
      return changes.read();
    },
    async confirmations() {
      return journal.confirmations();
    },
    async confirm(confirmation, entry) {
      transaction(db, () => {
        journal.confirm(confirmation);
        journal.append(entry);
        changes.bump();
      });
    },
    async lastRuns() {
      return runs.last();
    },
    async recordRun(run) {
      runs.record(run);
    },
  };
}
