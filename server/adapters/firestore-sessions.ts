import { randomUUID } from "node:crypto";
import type { Firestore } from "@google-cloud/firestore";
import type { SessionStore } from "../ports.ts";
import { collection, purging } from "./firestore-layout.ts";
import { readOne } from "./firestore-reads.ts";
import { inTransaction } from "./firestore-transaction.ts";
import { fromStored, toStored } from "./firestore-values.ts";

interface Handoff {
  readonly expiresAt: Temporal.Instant;
  /** Stays when it is spent, so that a spender whose answer was lost finds itself in it. */
  readonly spentBy: string | null;
}

interface Session {
  readonly createdAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
}

export function firestoreSessions(db: Firestore): SessionStore {
  const handoff = (digest: string) => collection(db, "handoffs").doc(digest);
  const session = (digest: string) => collection(db, "sessions").doc(digest);

  return {
    async addHandoff(digest, expiresAt) {
      await inTransaction(db, async (transaction) => {
        transaction.set(handoff(digest), toStored({ expiresAt, spentBy: null, ...purging("handoffs", expiresAt) }));
      });
    },
    async spendHandoff(digest, now) {
      const spender = randomUUID();
      return inTransaction(db, async (transaction) => {
        const data = (await transaction.get(handoff(digest))).data();
        if (data === undefined) return false;
        const { expiresAt, spentBy } = fromStored<Handoff>(data);
        if (spentBy !== null) return spentBy === spender;
        if (Temporal.Instant.compare(expiresAt, now) <= 0) return false;
        transaction.update(handoff(digest), { spentBy: spender });
        return true;
      });
    },
    async addSession(digest, now, expiresAt) {
      const document = { createdAt: now, expiresAt, ...purging("sessions", expiresAt) };
      await inTransaction(db, async (transaction) => {
        transaction.set(session(digest), toStored(document));
      });
    },
    async hasSession(digest, now) {
      // Firestore deletes it late. One read in every request.
      const stored = await readOne<Session>(session(digest));
      return stored !== null && Temporal.Instant.compare(stored.expiresAt, now) > 0;
    },
    async removeSession(digest) {
      await inTransaction(db, async (transaction) => {
        transaction.delete(session(digest));
      });
    },
  };
}
