// Part of firestore-record-store.ts: people, and the tokens of programs, one document each. Sealed, so that nobody who can
// write the database alone can make themselves somebody.
import type { DocumentReference, DocumentSnapshot, Firestore, Transaction } from "@google-cloud/firestore";
import type { ApiToken } from "../domain/api-token.ts";
import type { Person } from "../domain/person.ts";
import { collection } from "./firestore-layout.ts";
import { readAll } from "./firestore-reads.ts";
import { fromStored } from "./firestore-values.ts";
import { factsFromJson, factsToJson } from "./plain-facts.ts";
import { personFromJson, personToJson } from "./plain-person.ts";
import type { SealedBox } from "./sealed-box.ts";

export interface PeopleDocuments {
  /** One query: as many reads as there are people. */
  all(): Promise<readonly Person[]>;
  reference(id: string): DocumentReference;
  /** Whether the stored revision is the one that the change was made from. */
  isCurrent(person: Person, stored: DocumentSnapshot | undefined): boolean;
  /** Writes revision + 1. */
  write(transaction: Transaction, person: Person): void;
  /** One query: as many reads as there are tokens. */
  tokens(): Promise<readonly ApiToken[]>;
  writeToken(transaction: Transaction, token: ApiToken): void;
}

/** What binds a blob to its record. */
const context = (name: "people" | "apiTokens", id: string) => `${name}/${id}`;

interface Stored {
  readonly id: string;
  readonly revision: number;
  readonly sealed: Uint8Array;
}

export function peopleDocuments(db: Firestore, box: Pick<SealedBox, "seal" | "open">): PeopleDocuments {
  const people = collection(db, "people");
  const tokens = collection(db, "apiTokens");
  const reference = (id: string) => people.doc(id);

  return {
    async all() {
      const stored = await readAll<Stored>(people);
      return stored
        .map(({ id, sealed }) => personFromJson(box.open(sealed, context("people", id))))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    },
    reference,
    isCurrent({ revision }, stored) {
      const data = stored?.data();
      return (data === undefined ? 0 : fromStored<Stored>(data).revision) === revision;
    },
    write(transaction, person) {
      const { id } = person;
      const revision = person.revision + 1;
      const sealed = box.seal(personToJson({ ...person, revision }), context("people", id));
      transaction.set(reference(id), { id, revision, sealed });
    },
    async tokens() {
      const stored = await readAll<Stored>(tokens);
      return stored
        .map(({ id, sealed }) => factsFromJson<ApiToken>(box.open(sealed, context("apiTokens", id))))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    },
    writeToken(transaction, token) {
      const id = token.digest;
      const sealed = box.seal(factsToJson(token), context("apiTokens", id));
      transaction.set(tokens.doc(id), { id, revision: 0, sealed });
    },
  };
}
