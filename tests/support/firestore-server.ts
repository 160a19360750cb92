// Firestore on this machine, as strict as Google's: one time for all, transactions that collide, preconditions, limits, and
// no query without its index. What the program never asks for is refused.
import type { Metadata, ServerWritableStream, handleUnaryCall } from "@grpc/grpc-js";
import {
  requireDatabase,
  requireDocumentName,
  storedDocuments,
  type Counts,
  type Transaction,
  type Write,
} from "./firestore-server-documents.ts";
import { timeToLive } from "./firestore-server-indexes.ts";
import { collectionOf, runQuery, type StructuredQuery } from "./firestore-server-queries.ts";
import { asText, microsOf } from "./firestore-server-values.ts";
import { Refused, startGoogleWire, type Wire } from "./google-wire.ts";

export interface FirestoreServer extends Omit<Wire, "counts"> {
  /** What Google would bill: each document read, a query's empty answer, each write, each delete. Deletes by time are not in it. */
  counts(): Readonly<Counts>;
  /** Calls that arrived, by method. */
  calls(): Readonly<Record<string, number>>;
  /** Every request, with its method, as it came. */
  readonly received: readonly { readonly method: string; readonly request: object }[];
  /** Everything stored, a line for each document. */
  documents(): string;
  /** Deletes what firestore.indexes.json says has had its time. */
  purge(now: Temporal.Instant): void;
}

interface Reading {
  readonly consistencySelector?: string;
  readonly transaction?: Uint8Array;
  readonly newTransaction?: { readonly mode?: string };
}

interface BatchGetRequest extends Reading {
  readonly database: string;
  readonly documents: readonly string[];
  readonly mask: object | null;
}

interface RunQueryRequest extends Reading {
  readonly parent: string;
  readonly structuredQuery?: StructuredQuery;
}

interface CommitRequest {
  readonly database: string;
  readonly writes: readonly Write[];
  readonly transaction: Uint8Array;
}

interface RollbackRequest {
  readonly database: string;
  readonly transaction: Uint8Array;
}

/** `host` goes into FIRESTORE_EMULATOR_HOST; every project has its (default) database, empty at first. */
export async function startFirestoreServer(): Promise<FirestoreServer> {
  const counts: Counts = { reads: 0, writes: 0, deletes: 0 };
  const documents = storedDocuments(counts);
  const received: { method: string; request: object }[] = [];

  function transactionOf({ transaction, newTransaction }: Reading): { found: Transaction | null; isNew: boolean } {
    if (newTransaction !== undefined) {
      if (newTransaction.mode !== "readWrite") throw new Refused("UNIMPLEMENTED", "This server only begins readWrite.");
      return { found: documents.begin(), isNew: true };
    }
    return { found: transaction === undefined ? null : documents.find(transaction), isNew: false };
  }

  function batchGet(request: BatchGetRequest): readonly object[] {
    requireDatabase(request.database);
    const names = [...new Set(request.documents)];
    for (const name of names) {
      requireDocumentName(name);
      if (!name.startsWith(`${request.database}/`)) throw new Refused("INVALID_ARGUMENT", "A document lies elsewhere.");
    }
    if (request.mask !== null) throw new Refused("UNIMPLEMENTED", "This server gives whole documents only.");
    const { found, isNew } = transactionOf(request);
    const readTime = documents.now();
    counts.reads += names.length;
    const results = names.map((name) => {
      const document = documents.get(name, found);
      return document === undefined ? { missing: name, readTime } : { found: document, readTime };
    });
    // "Not guaranteed to be returned in the same order" (firestore.proto).
    return [...(isNew ? [{ transaction: found?.id }] : []), ...results.toReversed()];
  }

  function query({ parent, structuredQuery, ...reading }: RunQueryRequest): readonly object[] {
    requireDatabase(parent.replace(/\/documents$/, ""));
    if (structuredQuery === undefined) throw new Refused("INVALID_ARGUMENT", "There is no query.");
    const { found, isNew } = transactionOf(reading);
    const collection = `${parent}/${collectionOf(structuredQuery)}`;
    const results = runQuery(structuredQuery, documents.inCollection(collection, found));
    const readTime = documents.now();
    counts.reads += Math.max(1, results.length);
    const answers = results.map((document) => ({ document, readTime }));
    return [...(isNew ? [{ transaction: found?.id }] : []), ...(answers.length === 0 ? [{ readTime }] : answers)];
  }

  const wire = await startGoogleWire({
    protos: "@google-cloud/firestore-api/build/protos/protos.json",
    service: "google.firestore.v1.Firestore",
    methods(method) {
      const unary = <Request extends object>(
        name: string,
        database: (request: Request) => string,
        run: (request: Request) => object,
      ): handleUnaryCall<Request, object> => {
        const handle = method(name)(run);
        return (call, callback) => {
          received.push({ method: name, request: call.request });
          const refusal = refusalOf(call.metadata, database(call.request));
          if (refusal === null) handle(call, callback);
          else callback(refusal);
        };
      };
      const streaming = <Request extends object>(
        name: string,
        database: (request: Request) => string,
        run: (request: Request) => readonly object[],
      ) => {
        const handle = unary<Request>(name, database, (request) => ({ answers: run(request) }));
        return (call: ServerWritableStream<Request, object>) =>
          handle(call, (error, response) => {
            if (error !== null) call.emit("error", error);
            else {
              if (isStreamed(response)) for (const answer of response.answers) call.write(answer);
              call.end();
            }
          });
      };
      return {
        BatchGetDocuments: streaming<BatchGetRequest>("BatchGetDocuments", ({ database }) => database, batchGet),
        RunQuery: streaming<RunQueryRequest>("RunQuery", ({ parent }) => parent.replace(/\/documents.*$/, ""), query),
        Commit: unary<CommitRequest>("Commit", databaseOf, ({ database, writes, transaction }) => {
          requireDatabase(database);
          return documents.commit(writes, transaction.length === 0 ? null : documents.find(transaction));
        }),
        Rollback: unary<RollbackRequest>("Rollback", databaseOf, ({ database, transaction }) => {
          requireDatabase(database);
          documents.end(documents.find(transaction));
          return {};
        }),
      };
    },
  });

  return {
    ...wire,
    counts: () => ({ ...counts }),
    calls: () => wire.counts(),
    received,
    documents: () =>
      documents
        .all()
        .map(({ name, fields }) => `${pathOf(name)} ${asText(fields)}`)
        .join("\n"),
    purge(now) {
      const isOver = documents.all().filter(({ name, fields }) => {
        const time = fields[timeToLive.get(pathOf(name).split("/")[0] ?? "") ?? ""]?.timestampValue;
        return time !== undefined && microsOf(time) <= now.epochNanoseconds / 1000n;
      });
      documents.remove(isOver.map(({ name }) => name));
    },
  };
}

function databaseOf({ database }: { database: string }): string {
  return database;
}

function isStreamed(response: unknown): response is { answers: readonly object[] } {
  return typeof response === "object" && response !== null && "answers" in response;
}

function pathOf(name: string): string {
  return name.split("/").slice(5).join("/");
}

/** Without the owner's header the rules decide, and ours let nobody in. */
function refusalOf(metadata: Metadata, database: string): { code: number; details: string } | null {
  if (metadata.get("authorization")[0] !== "Bearer owner")
    return { code: 7, details: "Missing or insufficient permissions." };
  if (metadata.get("google-cloud-resource-prefix")[0] !== database)
    return { code: 3, details: "The header google-cloud-resource-prefix does not name the database." };
  return null;
}
