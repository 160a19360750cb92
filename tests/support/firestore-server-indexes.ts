// Part of firestore-server.ts: which queries the committed firestore.indexes.json allows, and what it has deleted by time.
import { readFileSync } from "node:fs";
import { Refused } from "./google-wire.ts";

interface IndexFile {
  readonly indexes: readonly {
    readonly collectionGroup: string;
    readonly fields: readonly { readonly fieldPath: string; readonly order?: Direction }[];
  }[];
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string;
    readonly fieldPath: string;
    readonly ttl?: boolean;
    readonly indexes: readonly unknown[];
  }[];
}

export type Direction = "ASCENDING" | "DESCENDING";

export interface Ordering {
  readonly field: string;
  readonly direction: Direction;
}

const file: IndexFile = JSON.parse(readFileSync(new URL("../../firestore.indexes.json", import.meta.url), "utf8"));

/** By collection, the field whose time decides when a document goes. */
export const timeToLive: ReadonlyMap<string, string> = new Map(
  file.fieldOverrides
    .filter(({ ttl }) => ttl === true)
    .map(({ collectionGroup, fieldPath }) => [collectionGroup, fieldPath]),
);

/**
 * Refuses, as Firestore does, a query that no index answers. Each field has one of its own in both directions, the name
 * of the document at its end in the same direction; several equalities are merged; everything else needs a composite one.
 */
export function requireIndex(collection: string, equalities: readonly string[], orderings: readonly Ordering[]): void {
  const last = orderings.at(-1);
  const named = last?.field === "__name__" ? orderings.slice(0, -1) : orderings;
  const isNaturalEnd = last === undefined || last.field !== "__name__" || isNatural(last.direction, named.at(-1));
  const other = equalities.filter((field) => field !== named[0]?.field);
  const isSimple = isNaturalEnd && (named.length === 0 || (named.length === 1 && other.length === 0));
  const used = [...equalities, ...named.map(({ field }) => field)];
  const isExempt = file.fieldOverrides.some(
    ({ collectionGroup, fieldPath, indexes }) =>
      collectionGroup === collection && indexes.length === 0 && used.includes(fieldPath),
  );
  const isComposite = isNaturalEnd && file.indexes.some((index) => covers(index, collection, equalities, named));
  if (isComposite || (isSimple && !isExempt)) return;
  throw new Refused("FAILED_PRECONDITION", "The query requires an index. You can create it in the console.");
}

function isNatural(direction: Direction, before: Ordering | undefined): boolean {
  return direction === (before?.direction ?? "ASCENDING");
}

function covers(
  { collectionGroup, fields }: IndexFile["indexes"][number],
  collection: string,
  equalities: readonly string[],
  orderings: readonly Ordering[],
): boolean {
  if (collectionGroup !== collection || fields.length !== equalities.length + orderings.length) return false;
  const first = new Set(fields.slice(0, equalities.length).map(({ fieldPath }) => fieldPath));
  const rest = fields.slice(equalities.length);
  const matches = (flipped: boolean) =>
    orderings.every(({ field, direction }, index) => {
      const indexed = rest[index];
      return indexed?.fieldPath === field && ((indexed.order ?? "ASCENDING") === direction) !== flipped;
    });
  return equalities.every((field) => first.has(field)) && (matches(false) || matches(true));
}
