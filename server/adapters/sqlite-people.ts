// Part of sqlite-record-store.ts: people, and the tokens of programs. Sealed, so that nobody who can write the file alone can
// make themselves somebody.
import type { DatabaseSync } from "node:sqlite";
import type { ApiToken } from "../domain/api-token.ts";
import type { Person } from "../domain/person.ts";
import { factsFromJson, factsToJson } from "./plain-facts.ts";
import { personFromJson, personToJson } from "./plain-person.ts";
import type { SealedBox } from "./sealed-box.ts";
import { query } from "./sqlite-query.ts";

export interface PeopleTable {
  /** By id. */
  all(): readonly Person[];
  /** Writes revision + 1; false if the stored revision is another. Call inside a transaction that bumps the change counter. */
  write(person: Person): boolean;
  /** By name, then digest. */
  tokens(): readonly ApiToken[];
  /** Call inside a transaction that bumps the change counter. */
  writeToken(token: ApiToken): void;
}

interface Row {
  readonly id: string;
  readonly sealed: Uint8Array;
}

/** What binds a blob to its record. */
export const identityContext = (table: "people" | "api_tokens", id: string) => `${table}/${id}`;

export function peopleTable(db: DatabaseSync, box: SealedBox, changeCount: () => number): PeopleTable {
  const selectPeople = query<Row>(db, "SELECT id, sealed FROM people ORDER BY id");
  const selectTokens = query<Row>(db, "SELECT id, sealed FROM api_tokens ORDER BY id");
  const insert = db.prepare(
    "INSERT INTO people (id, revision, sealed) VALUES (:id, 1, :sealed) ON CONFLICT DO NOTHING",
  );
  const update = db.prepare(
    "UPDATE people SET revision = revision + 1, sealed = :sealed WHERE id = :id AND revision = :revision",
  );
  const upsertToken = db.prepare(
    "INSERT INTO api_tokens (id, sealed) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed",
  );
  // Asked for in every request: opened again only after something was written.
  const people = remembered(() => selectPeople.all().map((row) => personFromJson(opened("people", row))));
  const tokens = remembered(() => {
    const all = selectTokens.all().map((row) => factsFromJson<ApiToken>(opened("api_tokens", row)));
    return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  });

  function opened(table: "people" | "api_tokens", { id, sealed }: Row): string {
    return box.open(sealed, identityContext(table, id));
  }

  function remembered<T>(read: () => T): () => T {
    let known: { readonly at: number; readonly value: T } | null = null;
    return () => {
      const at = changeCount();
      if (known?.at !== at) known = { at, value: read() };
      return known.value;
    };
  }

  return {
    all: people,
    tokens,
    write(person) {
      const { id, revision } = person;
      const sealed = box.seal(personToJson({ ...person, revision: revision + 1 }), identityContext("people", id));
      const result = revision === 0 ? insert.run({ id, sealed }) : update.run({ id, sealed, revision });
      return result.changes === 1;
    },
    writeToken(token) {
      upsertToken.run(token.digest, box.seal(factsToJson(token), identityContext("api_tokens", token.digest)));
    },
  };
}
