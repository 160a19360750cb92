// Reads outside of transactions: strongly consistent, and each document costs; a query that finds nothing costs one too.
import type { DocumentReference, Firestore, Query } from "@google-cloud/firestore";
import { explaining } from "./firestore-errors.ts";
import { fromStored } from "./firestore-values.ts";

export async function readOne<T>(reference: DocumentReference): Promise<T | null> {
  const data = (await explaining(() => reference.get())).data();
  return data === undefined ? null : fromStored<T>(data);
}

export async function readAll<T>(query: Query): Promise<readonly T[]> {
  const { docs } = await explaining(() => query.get());
  return docs.map((document) => fromStored<T>(document.data()));
}

/** Which of the documents exist, in their order; one call for all. */
export async function whichExist(db: Firestore, references: readonly DocumentReference[]): Promise<readonly boolean[]> {
  if (references.length === 0) return [];
  const documents = await explaining(() => db.getAll(...references));
  return documents.map(({ exists }) => exists);
}
