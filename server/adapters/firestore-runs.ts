// Part of firestore-record-store.ts: the last run of each kind of scheduled work.
import type { Firestore } from "@google-cloud/firestore";
import type { Run } from "../domain/clockwork.ts";
import { collection } from "./firestore-layout.ts";
import { readAll } from "./firestore-reads.ts";
import { inTransaction } from "./firestore-transaction.ts";
import { fromStored, toStored } from "./firestore-values.ts";

export interface RunDocuments {
  last(): Promise<readonly Run[]>;
  record(run: Run): Promise<void>;
}

export function runDocuments(db: Firestore): RunDocuments {
  const runs = collection(db, "runs");
  return {
    // Firestore's own order is that of the ids, and those are the kinds.
    last: () => readAll<Run>(runs),
    record: (run) =>
      // Done twice it comes to the same.
      inTransaction(db, async (transaction) => {
        const data = (await transaction.get(runs.doc(run.kind))).data();
        const isNewest = data === undefined || Temporal.Instant.compare(fromStored<Run>(data).at, run.at) <= 0;
        if (isNewest) transaction.set(runs.doc(run.kind), toStored(run));
      }),
  };
}
