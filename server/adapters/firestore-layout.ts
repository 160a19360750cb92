// Where everything lies in Firestore, and for how long: firestore.indexes.json has a time-to-live policy for every
// collection that is not kept for good. Firestore deletes late, up to days, so readers look at the time themselves.
import { createHash } from "node:crypto";
import type { CollectionReference, Firestore } from "@google-cloud/firestore";

const day = 24;

/** Hours that a document outlives its use; null: it is kept for good. */
export const keptHours = {
  /** `meta/counters`: see firestore-change.ts. */
  meta: null,
  connections: null,
  confirmations: null,
  runs: null,
  people: null,
  apiTokens: null,
  drills: null,
  /** Added to and nothing else; the hashes of firestore-journal.ts would show a gap. */
  journal: null,
  /** An ended authorization answers late taps for an hour; its request token is dead by then. */
  pending: day,
  /** A claim may be taken once, ever; more than a year after its trading day nobody asks for it again. */
  claims: 400 * day,
  /** Long enough to answer "was I told?" for a quarter. Counted from delivery: nothing undelivered is ever deleted. */
  messages: 90 * day,
  events: 90 * day,
  /** What tells a repeated commit that it was done: repeats come within seconds. */
  changes: day,
  leases: 0,
  sessions: 0,
  oneTimes: 0,
} as const;

export type Collection = keyof typeof keptHours;

type Purged = { [Name in Collection]: (typeof keptHours)[Name] extends null ? never : Name }[Collection];

/** The field of every time-to-live policy; a document without it stays. */
export const purgeField = "purgeAt";

/** The field that lets Firestore delete the document once what it was for is over. */
export function purging(name: Purged, usefulUntil: Temporal.Instant): { readonly purgeAt: Temporal.Instant } {
  return { [purgeField]: usefulUntil.add({ hours: keptHours[name] }) };
}

export function collection(db: Firestore, name: Collection): CollectionReference {
  return db.collection(name);
}

/** A document id for any text: ids may hold no slash and not more than 1500 bytes. */
export function documentId(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
