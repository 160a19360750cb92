// Part of firestore-server.ts: the stored documents, what may be written to them, and the transactions that read them.
import { randomBytes } from "node:crypto";
import {
  acceptedFields,
  compareNames,
  fieldsSize,
  type Fields,
  fromMicros,
  microsOf,
  nameSize,
  pathSegments,
  valueAt,
  withValue,
  type WireTimestamp,
} from "./firestore-server-values.ts";
import { Refused } from "./google-wire.ts";

export interface StoredDocument {
  readonly name: string;
  readonly fields: Fields;
  readonly createTime: WireTimestamp;
  readonly updateTime: WireTimestamp;
}

export interface Write {
  readonly operation?: string;
  readonly update?: { readonly name: string; readonly fields: Fields };
  readonly delete?: string;
  readonly updateMask: { readonly fieldPaths: readonly string[] } | null;
  readonly updateTransforms: readonly unknown[];
  readonly currentDocument: {
    readonly conditionType?: string;
    readonly exists?: boolean;
    readonly updateTime?: WireTimestamp;
  } | null;
}

export interface Counts {
  reads: number;
  writes: number;
  deletes: number;
}

export interface Documents {
  all(): readonly StoredDocument[];
  /** Every name has been checked. */
  get(name: string, transaction: Transaction | null): StoredDocument | undefined;
  /** The documents of one collection; a transaction that saw them collides with whoever changes any of them. */
  inCollection(parent: string, transaction: Transaction | null): readonly StoredDocument[];
  begin(): Transaction;
  /** An open transaction by its id. */
  find(id: Uint8Array): Transaction;
  end(transaction: Transaction): void;
  /** All or nothing. */
  commit(writes: readonly Write[], transaction: Transaction | null): { writeResults: object[]; commitTime: object };
  now(): WireTimestamp;
  remove(names: readonly string[]): void;
}

export interface Transaction {
  readonly id: Buffer;
  /** By name, what it saw: the time of the last update, or null where there was nothing. */
  readonly seen: Map<string, string | null>;
  readonly collections: Map<string, string>;
  lastUsed: number;
}

// firebase.google.com/docs/firestore/quotas
const mostWrites = 500;
const mostBytes = 1_048_576;
const mostIdBytes = 1_500;
const idleTransactionMs = 60_000;

const forgotten = "The referenced transaction has expired or is no longer valid.";

export function storedDocuments(counts: Counts): Documents {
  let documents = new Map<string, StoredDocument>();
  const transactions = new Map<string, Transaction>();
  let lastMicros = 0n;

  /** Rises with every look, so that no two commits have the same time. */
  function nextTime(): WireTimestamp {
    const micros = Temporal.Now.instant().epochNanoseconds / 1000n;
    lastMicros = micros > lastMicros ? micros : lastMicros + 1n;
    return fromMicros(lastMicros);
  }

  const inParent = (parent: string) =>
    [...documents.values()]
      .filter(({ name }) => name.startsWith(`${parent}/`) && !name.slice(parent.length + 1).includes("/"))
      .toSorted((a, b) => compareNames(a.name, b.name));
  const stateOf = (parent: string) => inParent(parent).map(versionOf).join();

  function requireUnchanged({ seen, collections }: Transaction): void {
    const isSame =
      [...seen].every(([name, version]) => version === versionIn(documents, name)) &&
      [...collections].every(([parent, state]) => state === stateOf(parent));
    if (!isSame) throw new Refused("ABORTED", "Too much contention on these documents. Please try again.");
  }

  return {
    all: () => [...documents.values()],
    get(name, transaction) {
      if (transaction?.seen.has(name) === false) transaction.seen.set(name, versionIn(documents, name));
      return documents.get(name);
    },
    inCollection(parent, transaction) {
      if (transaction?.collections.has(parent) === false) transaction.collections.set(parent, stateOf(parent));
      return inParent(parent);
    },
    begin() {
      const transaction = { id: randomBytes(16), seen: new Map(), collections: new Map(), lastUsed: performance.now() };
      transactions.set(transaction.id.toString("hex"), transaction);
      return transaction;
    },
    find(id) {
      const transaction = transactions.get(Buffer.from(id).toString("hex"));
      if (transaction === undefined || performance.now() - transaction.lastUsed > idleTransactionMs)
        throw new Refused("INVALID_ARGUMENT", forgotten);
      transaction.lastUsed = performance.now();
      return transaction;
    },
    end(transaction) {
      transactions.delete(transaction.id.toString("hex"));
    },
    commit(writes, transaction) {
      if (writes.length > mostWrites)
        throw new Refused("INVALID_ARGUMENT", `maximum ${mostWrites} writes allowed per request`);
      // Whether it succeeds or not, this was its end.
      if (transaction !== null) {
        transactions.delete(transaction.id.toString("hex"));
        requireUnchanged(transaction);
      }
      const commitTime = nextTime();
      const after = new Map(documents);
      const writeResults = writes.map((write) => apply(after, write, commitTime));
      documents = after;
      const deletes = writes.filter(({ operation }) => operation === "delete").length;
      counts.deletes += deletes;
      counts.writes += writes.length - deletes;
      return { writeResults, commitTime };
    },
    now: nextTime,
    remove(names) {
      for (const name of names) documents.delete(name);
    },
  };
}

function apply(documents: Map<string, StoredDocument>, write: Write, time: WireTimestamp): object {
  const name = write.update?.name ?? write.delete ?? "";
  requireDocumentName(name);
  const stored = documents.get(name);
  requirePrecondition(write, name, stored);
  if (write.operation === "delete") {
    documents.delete(name);
    return {};
  }
  if (write.update === undefined || write.updateTransforms.length > 0)
    throw new Refused("UNIMPLEMENTED", "This server knows no transforms.");
  const fields = acceptedFields(merged(stored?.fields ?? {}, write.update.fields, write.updateMask?.fieldPaths));
  const size = fieldsSize(fields) + nameSize(name);
  if (size > mostBytes)
    throw new Refused("INVALID_ARGUMENT", `A document of ${size} bytes exceeds the maximum of ${mostBytes} bytes.`);
  // A write that changes nothing leaves the time of the last update (write.proto, WriteResult.update_time).
  const isSame = stored !== undefined && JSON.stringify(stored.fields) === JSON.stringify(fields);
  const updateTime = isSame ? stored.updateTime : time;
  documents.set(name, { name, fields, createTime: stored?.createTime ?? time, updateTime });
  return { updateTime };
}

function requirePrecondition({ currentDocument }: Write, name: string, stored: StoredDocument | undefined): void {
  if (currentDocument?.exists === false && stored !== undefined)
    throw new Refused("ALREADY_EXISTS", `Document already exists: ${name}`);
  const mustExist = currentDocument?.exists === true || currentDocument?.updateTime !== undefined;
  if (mustExist && stored === undefined) throw new Refused("NOT_FOUND", `No document to update: ${name}`);
  const required = currentDocument?.updateTime;
  if (required !== undefined && microsOf(required) !== microsOf(stored?.updateTime))
    throw new Refused("FAILED_PRECONDITION", "The stored version does not match the required base version.");
}

function merged(old: Fields, update: Fields, mask: readonly string[] | undefined): Fields {
  if (mask === undefined) return update;
  let fields = old;
  for (const path of mask.map(pathSegments)) fields = withValue(fields, path, valueAt(update, path));
  return fields;
}

function versionIn(documents: ReadonlyMap<string, StoredDocument>, name: string): string | null {
  const stored = documents.get(name);
  return stored === undefined ? null : versionOf(stored);
}

function versionOf({ name, updateTime }: StoredDocument): string {
  return `${name} ${microsOf(updateTime)}`;
}

/** `projects/p/databases/(default)/documents/collection/id/…`, each id within the rules. */
export function requireDocumentName(name: string): void {
  const [, database, path] = /^(projects\/[^/]+\/databases\/[^/]+)\/documents\/(.+)$/.exec(name) ?? [];
  const ids = path?.split("/") ?? [];
  if (database === undefined || ids.length % 2 !== 0)
    throw new Refused("INVALID_ARGUMENT", "A document's name has a wrong form.");
  requireDatabase(database);
  for (const id of ids)
    if (id === "" || id === "." || id === ".." || /^__.*__$/.test(id) || Buffer.byteLength(id) > mostIdBytes)
      throw new Refused("INVALID_ARGUMENT", "A document's name holds an id that is not allowed.");
}

export function requireDatabase(name: string): void {
  if (!/^projects\/[^/]+\/databases\/\(default\)$/.test(name))
    throw new Refused("NOT_FOUND", `The database ${name} does not exist. Please create it in the console.`);
}
