import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import type { RecordStore } from "../ports.ts";
import { changeRecords, readCounters } from "./firestore-change.ts";
import { claimDocuments } from "./firestore-claims.ts";
import { connectionDocuments } from "./firestore-connections.ts";
import { drillDocuments } from "./firestore-drills.ts";
import { eventDocuments } from "./firestore-events.ts";
import { journalDocuments } from "./firestore-journal.ts";
import { messageDocuments } from "./firestore-messages.ts";
import { peopleDocuments } from "./firestore-people.ts";
import { pendingDocuments } from "./firestore-pending.ts";
import { runDocuments } from "./firestore-runs.ts";
import type { SealedBox } from "./sealed-box.ts";

export function firestoreRecordStore(
  db: Firestore,
  box: Pick<SealedBox, "seal" | "open" | "fingerprint">,
): RecordStore {
  const connections = connectionDocuments(db);
  const pendings = pendingDocuments(db, box);
  const claims = claimDocuments(db);
  const messages = messageDocuments(db);
  const events = eventDocuments(db);
  const journal = journalDocuments(db, box);
  const runs = runDocuments(db);
  const people = peopleDocuments(db, box);
  const drills = drillDocuments(db);

  return {
    connections: () => connections.all(),
    connection: (id) => connections.one(id),
    pendingAuthorizations: (now, connectionId) => pendings.recent(now, connectionId ?? null),
    async commit(change) {
      const { connection, pending, person, drill, apiToken } = change;
      const wanted = [...(change.claims ?? []), ...(change.messages ?? []).flatMap((draft) => draft.claims)];
      if (new Set(wanted).size < wanted.length) return "conflict";
      const involved = [
        ...(connection === undefined ? [] : [connections.reference(connection.id)]),
        ...(person === undefined ? [] : [people.reference(person.id)]),
        ...(drill === undefined ? [] : [drills.reference(drill.id)]),
      ];

      return changeRecords(db, [...wanted.map((claim) => claims.reference(claim)), ...involved], (stored) => {
        const taken = stored.slice(0, wanted.length);
        const found = ({ path }: DocumentReference) => stored.find(({ ref }) => ref.path === path);
        const isCurrent =
          (connection === undefined ||
            connections.isCurrent(connection, found(connections.reference(connection.id)))) &&
          (person === undefined || people.isCurrent(person, found(people.reference(person.id)))) &&
          (drill === undefined || drills.isCurrent(drill, found(drills.reference(drill.id))));
        if (!isCurrent || taken.some(({ exists }) => exists)) return { answer: "conflict", write: null };
        return {
          answer: "committed",
          write(transaction, numbers) {
            if (connection !== undefined) connections.write(transaction, connection);
            if (pending !== undefined) pendings.write(transaction, pending);
            if (person !== undefined) people.write(transaction, person);
            if (drill !== undefined) drills.write(transaction, drill);
            if (apiToken !== undefined) people.writeToken(transaction, apiToken);
            for (const claim of wanted) claims.take(transaction, claim);
            for (const draft of change.messages ?? []) messages.add(transaction, numbers.nextMessage(), draft);
            for (const draft of change.events ?? []) events.add(transaction, numbers.nextEvent(), draft);
            for (const entry of change.journal ?? []) journal.append(transaction, numbers, entry);
          },
        };
      });
    },
    people: () => people.all(),
    apiTokens: () => people.tokens(),
    drills: (limit) => drills.newest(limit),
    takenClaims: (wanted) => claims.taken(wanted),
    journal: (limit, before) => journal.newest(limit, before ?? null),
    async journalHead() {
      return (await readCounters(db)).journalHead;
    },
    async changeCount() {
      return (await readCounters(db)).changes;
    },
    confirmations: () => journal.confirmations(),
    confirm: (confirmation, entry) =>
      changeRecords(db, [], () => ({
        answer: undefined,
        write(transaction, numbers) {
          journal.confirm(transaction, confirmation);
          journal.append(transaction, numbers, entry);
        },
      })),
    lastRuns: () => runs.last(),
    recordRun: (run) => runs.record(run),
  };
}
