// Part of firestore-server.ts: structured queries as query.proto describes them; what we never ask is refused.
import { requireIndex, type Direction, type Ordering } from "./firestore-server-indexes.ts";
import type { StoredDocument } from "./firestore-server-documents.ts";
import {
  compareValues,
  type Fields,
  pathSegments,
  typeOf,
  type Value,
  valueAt,
  withValue,
} from "./firestore-server-values.ts";
import { Refused } from "./google-wire.ts";

interface FieldReference {
  readonly fieldPath: string;
}

interface FieldFilter {
  readonly field: FieldReference;
  readonly op: string;
  readonly value: Value;
}

interface Filter {
  readonly compositeFilter?: { readonly op: string; readonly filters: readonly Filter[] };
  readonly fieldFilter?: FieldFilter;
}

interface Cursor {
  readonly values: readonly Value[];
  readonly before: boolean;
}

export interface StructuredQuery {
  readonly select: { readonly fields: readonly FieldReference[] } | null;
  readonly from: readonly { readonly collectionId: string; readonly allDescendants: boolean }[];
  readonly where: Filter | null;
  readonly orderBy: readonly { readonly field: FieldReference; readonly direction: string }[];
  readonly startAt: Cursor | null;
  readonly endAt: Cursor | null;
  readonly offset: number;
  readonly limit: { readonly value: number } | null;
  readonly findNearest: object | null;
}

/** The id of the one collection that the query is about. */
export function collectionOf({ from, findNearest, offset }: StructuredQuery): string {
  const [only, ...others] = from;
  if (only === undefined || others.length > 0 || only.allDescendants || findNearest !== null || offset !== 0)
    throw new Refused("UNIMPLEMENTED", "This server queries one collection, without offsets and neighbours.");
  return only.collectionId;
}

/** Refuses a query that needs an index that isn't there, also where nothing is stored. */
export function runQuery(query: StructuredQuery, documents: readonly StoredDocument[]): readonly StoredDocument[] {
  const filters = query.where === null ? [] : filtersOf(query.where);
  const orderings = orderingsOf(query, filters);
  const equalities = filters.filter(({ op }) => op === "EQUAL").map(({ field }) => field.fieldPath);
  requireIndex(collectionOf(query), equalities, orderings);

  const found = documents
    .filter((document) => filters.every((filter) => matches(document, filter)))
    .filter((document) => orderings.every(({ field }) => fieldOf(document, field) !== undefined))
    .toSorted((a, b) => compareBy(orderings, a, (field) => fieldOf(b, field)))
    .filter((document) => isWithin(document, orderings, query.startAt, query.endAt));
  const limit = query.limit?.value ?? found.length;
  if (limit < 0) throw new Refused("INVALID_ARGUMENT", "limit is negative");
  return found.slice(0, limit).map((document) => projected(document, query.select));
}

function filtersOf(filter: Filter): readonly FieldFilter[] {
  if (filter.fieldFilter !== undefined) return [filter.fieldFilter];
  if (filter.compositeFilter?.op === "AND") return filter.compositeFilter.filters.flatMap(filtersOf);
  throw new Refused("UNIMPLEMENTED", "This server knows field filters and their conjunctions.");
}

const inequalities = ["LESS_THAN", "LESS_THAN_OR_EQUAL", "GREATER_THAN", "GREATER_THAN_OR_EQUAL"];

/** With what Firestore adds: the fields of inequalities and, at last, the document's name. */
function orderingsOf(query: StructuredQuery, filters: readonly FieldFilter[]): readonly Ordering[] {
  const given = query.orderBy.map(({ field, direction }) => ({
    field: field.fieldPath,
    direction: direction === "DESCENDING" ? ("DESCENDING" as const) : ("ASCENDING" as const),
  }));
  const direction: Direction = given.at(-1)?.direction ?? "ASCENDING";
  const missing = filters
    .filter(({ op }) => inequalities.includes(op))
    .map(({ field }) => field.fieldPath)
    .filter((field) => !given.some((ordering) => ordering.field === field));
  const implied = [...new Set(missing)].toSorted().map((field) => ({ field, direction }));
  const all = [...given, ...implied];
  return all.some(({ field }) => field === "__name__") ? all : [...all, { field: "__name__", direction }];
}

function matches(document: StoredDocument, { field, op, value }: FieldFilter): boolean {
  const own = fieldOf(document, field.fieldPath);
  // A range covers values of its own type only.
  if (own === undefined || typeOf(own) !== typeOf(value)) return false;
  const order = compareValues(own, value);
  switch (op) {
    case "EQUAL":
      return order === 0;
    case "LESS_THAN":
      return order < 0;
    case "LESS_THAN_OR_EQUAL":
      return order <= 0;
    case "GREATER_THAN":
      return order > 0;
    case "GREATER_THAN_OR_EQUAL":
      return order >= 0;
    default:
      throw new Refused("UNIMPLEMENTED", `This server knows no ${op}.`);
  }
}

function fieldOf({ name, fields }: StoredDocument, path: string): Value | undefined {
  return path === "__name__"
    ? { valueType: "referenceValue", referenceValue: name }
    : valueAt(fields, pathSegments(path));
}

function compareBy(
  orderings: readonly Ordering[],
  document: StoredDocument,
  other: (field: string, index: number) => Value | undefined,
): number {
  for (const [index, { field, direction }] of orderings.entries()) {
    const [mine, theirs] = [fieldOf(document, field), other(field, index)];
    const order = mine === undefined || theirs === undefined ? 0 : compareValues(mine, theirs);
    if (order !== 0) return direction === "ASCENDING" ? order : -order;
  }
  return 0;
}

function isWithin(
  document: StoredDocument,
  orderings: readonly Ordering[],
  start: Cursor | null,
  end: Cursor | null,
): boolean {
  const against = ({ values }: Cursor) => compareBy(orderings, document, (_, index) => values[index]);
  const hasBegun = start === null || (start.before ? against(start) >= 0 : against(start) > 0);
  const hasEnded = end !== null && (end.before ? against(end) >= 0 : against(end) > 0);
  return hasBegun && !hasEnded;
}

function projected(document: StoredDocument, select: StructuredQuery["select"]): StoredDocument {
  if (select === null || select.fields.length === 0) return document;
  let fields: Fields = {};
  for (const path of select.fields.map(({ fieldPath }) => pathSegments(fieldPath))) {
    const value = valueAt(document.fields, path);
    if (value !== undefined) fields = withValue(fields, path, value);
  }
  return { ...document, fields };
}
