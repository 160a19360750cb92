// Facts as Firestore keeps them: instants as timestamps of whole milliseconds, everything else as it is.
import { Timestamp, type DocumentData } from "@google-cloud/firestore";

/** Firestore itself refuses what is no plain data, a `Secret` for one. */
export function toStored(facts: object): DocumentData {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, stored(value)]));
}

/** The one place where the shape of stored data is taken on trust: only this program writes it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller says what it wrote
export function fromStored<T>(data: DocumentData): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return read(data) as T;
}

export function toTimestamp(instant: Temporal.Instant): Timestamp {
  return Timestamp.fromMillis(instant.epochMilliseconds);
}

function stored(value: unknown): unknown {
  if (value instanceof Temporal.Instant) return toTimestamp(value);
  if (Array.isArray(value)) return value.map(stored);
  return isPlain(value) ? toStored(value) : value;
}

function read(value: unknown): unknown {
  if (value instanceof Timestamp) return Temporal.Instant.fromEpochMilliseconds(value.toMillis());
  if (Array.isArray(value)) return value.map(read);
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, read(each)])) : value;
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
