// Part of firestore-record-store.ts: the pending authorizations; what is secret of them is sealed.
import type { Firestore, Transaction } from "@google-cloud/firestore";
import type { PendingAuthorization } from "../domain/pending-authorization.ts";
import { explaining } from "./firestore-errors.ts";
import { collection, purging } from "./firestore-layout.ts";
import { fromStored, toStored, toTimestamp } from "./firestore-values.ts";
import type { SealedBox } from "./sealed-box.ts";
import { openPending, sealPending, type PendingSecrets } from "./sealed-pending.ts";

export interface PendingDocuments {
  /** Open ones and those that expired less than an hour before `now`, newest first. One query. */
  recent(now: Temporal.Instant, connectionId: string | null): Promise<readonly PendingAuthorization[]>;
  write(transaction: Transaction, pending: PendingAuthorization): void;
}

interface Stored {
  readonly facts: Omit<PendingAuthorization, keyof PendingSecrets>;
  readonly sealed: Uint8Array;
  /** What the query goes by, because a query over stage and expiry would need an index of its own. */
  readonly relevantUntil: Temporal.Instant;
}

/** Under way: relevant until somebody ends it. */
const forGood = Temporal.Instant.from("9999-01-01T00:00:00Z");

export function pendingDocuments(db: Firestore, box: Pick<SealedBox, "seal" | "open">): PendingDocuments {
  const pendings = collection(db, "pending");
  return {
    async recent(now, connectionId) {
      const query = pendings.where("relevantUntil", ">", toTimestamp(now));
      const { docs } = await explaining(() => query.get());
      // Of two that started at the same instant, the one that was recorded later is the newer.
      const newestFirst = docs.toSorted((a, b) => b.createTime.valueOf().localeCompare(a.createTime.valueOf()));
      return newestFirst
        .map((document) => fromStored<Stored>(document.data()))
        .filter(({ facts }) => connectionId === null || facts.connectionId === connectionId)
        .toSorted((a, b) => Temporal.Instant.compare(b.facts.startedAt, a.facts.startedAt))
        .map(({ facts, sealed }) => ({ ...facts, ...openPending(box, sealed, facts.connectionId, facts.id) }));
    },
    write(transaction, pending) {
      const until = relevantUntil(pending);
      const stored: Stored = { facts: factsOf(pending), sealed: sealPending(box, pending), relevantUntil: until };
      const end = until === forGood ? {} : purging("pending", pending.expiresAt);
      transaction.set(pendings.doc(pending.id), toStored({ ...stored, ...end }));
    },
  };
}

/** One by one, so that what is added to an authorization is not in plain sight unless somebody wants it so. */
function factsOf(pending: PendingAuthorization): Stored["facts"] {
  return {
    id: pending.id,
    connectionId: pending.connectionId,
    sessionId: pending.sessionId,
    stage: pending.stage,
    ceremony: pending.ceremony,
    startedAt: pending.startedAt,
    expiresAt: pending.expiresAt,
    rejectedVerifiers: pending.rejectedVerifiers,
    failedProofs: pending.failedProofs,
    nextProofAt: pending.nextProofAt,
    candidatePin: pending.candidatePin,
    end: pending.end,
  };
}

function relevantUntil({ stage, expiresAt }: PendingAuthorization): Temporal.Instant {
  switch (stage) {
    case "exchanging":
    case "verifying":
    case "confirming-accounts":
      return forGood;
    case "waiting":
    case "completed":
    case "failed":
      return expiresAt.add({ hours: 1 });
  }
}
