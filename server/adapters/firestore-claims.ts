// Part of firestore-record-store.ts: what may be done once, ever. A claim is taken when its document is there.
import type { DocumentReference, Firestore, Transaction } from "@google-cloud/firestore";
import { collection, documentId, purging } from "./firestore-layout.ts";
import { whichExist } from "./firestore-reads.ts";
import { toStored } from "./firestore-values.ts";
import { machineClock } from "./machine-clock.ts";

export interface ClaimDocuments {
  /** As many reads as claims. */
  taken(claims: readonly string[]): Promise<ReadonlySet<string>>;
  reference(claim: string): DocumentReference;
  take(transaction: Transaction, claim: string): void;
}

export function claimDocuments(db: Firestore): ClaimDocuments {
  const reference = (claim: string) => collection(db, "claims").doc(documentId(claim));
  return {
    async taken(claims) {
      const exist = await whichExist(db, claims.map(reference));
      return new Set(claims.filter((_, index) => exist[index] === true));
    },
    reference,
    take(transaction, claim) {
      // Read before, in the same transaction; `create` all the same, because two senders of one alert are worse than an error.
      transaction.create(reference(claim), toStored({ claim, ...purging("claims", machineClock()) }));
    },
  };
}
