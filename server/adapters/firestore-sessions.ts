import { randomUUID } from "node:crypto";
import type { Firestore } from "@google-cloud/firestore";
import type { WebSession } from "../domain/web-session.ts";
import type { OneTime, SessionStore } from "../ports.ts";
import { collection, documentId, purging } from "./firestore-layout.ts";
import { readOne } from "./firestore-reads.ts";
import { inTransaction } from "./firestore-transaction.ts";
import { fromStored, toStored } from "./firestore-values.ts";

interface StoredOneTime {
  readonly facts: OneTime["facts"];
  readonly expiresAt: Temporal.Instant;
  readonly addedBy: string;
  /** Stays when it is spent, so that a spender whose answer was lost finds itself in it. */
  readonly spentBy: string | null;
}

interface StoredSession {
  readonly facts: WebSession;
}

export function firestoreSessions(db: Firestore): SessionStore {
  const oneTime = (purpose: string, digest: string) =>
    collection(db, "oneTimes").doc(documentId(JSON.stringify([purpose, digest])));
  const session = (digest: string) => collection(db, "sessions").doc(digest);

  return {
    async addOneTime({ purpose, digest, facts, expiresAt }) {
      const addedBy = randomUUID();
      return inTransaction(db, async (transaction) => {
        const data = (await transaction.get(oneTime(purpose, digest))).data();
        // Firestore deletes late, so what lapsed may still lie there: it was added once, and once is enough.
        if (data !== undefined) return fromStored<StoredOneTime>(data).addedBy === addedBy;
        const stored: StoredOneTime = { facts, expiresAt, addedBy, spentBy: null };
        transaction.set(oneTime(purpose, digest), toStored({ ...stored, ...purging("oneTimes", expiresAt) }));
        return true;
      });
    },
    async spendOneTime(purpose, digest, now) {
      const spender = randomUUID();
      return inTransaction(db, async (transaction) => {
        const data = (await transaction.get(oneTime(purpose, digest))).data();
        if (data === undefined) return null;
        const { facts, expiresAt, spentBy } = fromStored<StoredOneTime>(data);
        if (spentBy !== null) return spentBy === spender ? facts : null;
        if (Temporal.Instant.compare(expiresAt, now) <= 0) return null;
        transaction.update(oneTime(purpose, digest), { spentBy: spender });
        return facts;
      });
    },
    async putSession(facts) {
      await inTransaction(db, async (transaction) => {
        transaction.set(session(facts.digest), toStored({ facts, ...purging("sessions", facts.expiresAt) }));
      });
    },
    async session(digest) {
      // One read in every request.
      return (await readOne<StoredSession>(session(digest)))?.facts ?? null;
    },
    async removeSession(digest) {
      await inTransaction(db, async (transaction) => {
        transaction.delete(session(digest));
      });
    },
  };
}
