// Firestore: the database, its time-to-live fields and indexes (both read from firestore.indexes.json, the one place they
// are listed) and the rules that keep every client out.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config.ts";
import { names } from "./names.ts";

/** The parts of Firebase's own file format that are used here. */
export interface IndexFile {
  readonly indexes: readonly {
    readonly collectionGroup: string;
    readonly queryScope: string;
    readonly fields: readonly { readonly fieldPath: string; readonly order?: string; readonly arrayConfig?: string }[];
  }[];
  readonly fieldOverrides: readonly {
    readonly collectionGroup: string;
    readonly fieldPath: string;
    readonly ttl?: boolean;
    readonly indexes: readonly unknown[];
  }[];
}

const root = join(import.meta.dirname, "..");

export function readIndexFile(): IndexFile {
  const file: IndexFile = JSON.parse(readFileSync(join(root, "firestore.indexes.json"), "utf8"));
  return file;
}

export function makeRecords(settings: Settings, dependsOn: pulumi.Resource[]): gcp.firestore.Database {
  const database = new gcp.firestore.Database(
    "records",
    {
      name: names.database,
      locationId: settings.region,
      type: "FIRESTORE_NATIVE",
      concurrencyMode: "PESSIMISTIC",
      deleteProtectionState: "DELETE_PROTECTION_ENABLED",
      // What lies there is small and made anew every day; seven days of versions would cost more than the rest.
      pointInTimeRecoveryEnablement: "POINT_IN_TIME_RECOVERY_DISABLED",
    },
    { dependsOn, protect: true },
  );
  const { indexes, fieldOverrides } = readIndexFile();
  for (const { collectionGroup, fieldPath, ttl, indexes: own } of fieldOverrides) {
    if (own.length > 0)
      throw new Error(
        `firestore.indexes.json: the indexes of ${collectionGroup}.${fieldPath} are not understood here; extend records.ts.`,
      );
    new gcp.firestore.Field(`${collectionGroup}-${fieldPath}`, {
      database: database.name,
      collection: collectionGroup,
      field: fieldPath,
      // None: nothing asks by this field, and an index on a time that only grows would heat one spot.
      indexConfig: {},
      ...(ttl ? { ttlConfig: {} } : {}),
    });
  }
  for (const { collectionGroup, queryScope, fields } of indexes)
    new gcp.firestore.Index([collectionGroup, ...fields.map(({ fieldPath }) => fieldPath)].join("-"), {
      database: database.name,
      collection: collectionGroup,
      queryScope,
      fields: [...fields],
    });

  const rules = new gcp.firebaserules.Ruleset(
    "rules",
    { source: { files: [{ name: "firestore.rules", content: readFileSync(join(root, "firestore.rules"), "utf8") }] } },
    { dependsOn: [database] },
  );
  new gcp.firebaserules.Release("rules", { name: "cloud.firestore", rulesetName: rules.name });
  return database;
}
