import { Firestore } from "@google-cloud/firestore";
import { commitMs, quiet, readMs } from "./firestore-patience.ts";

// A commit is repeated by firestore-transaction.ts only, which knows how to recognise one that was done.
const commit = { timeout_millis: commitMs, retry_codes_name: "never" };
const read = { timeout_millis: readMs, retry_codes_name: "never" };

const clientConfig = {
  interfaces: {
    "google.firestore.v1.Firestore": {
      retry_codes: { never: [] },
      methods: { Commit: commit, Rollback: commit, BatchGetDocuments: read, RunQuery: read },
    },
  },
};

/**
 * The project's default database; nothing is sent before the first call. With `emulatorHost`, for example
 * `127.0.0.1:8080`, calls go there unencrypted and no credentials are looked for.
 */
export function openFirestore(settings: { project: string; emulatorHost: string | null }): Firestore {
  const db = new Firestore({
    projectId: settings.project,
    preferRest: false,
    // A forgotten field has to fail, not vanish.
    ignoreUndefinedProperties: false,
    clientConfig,
    // Else every refused read is repeated for seven seconds, whatever the refusal.
    gaxServerStreamingRetries: true,
    ...(settings.emulatorHost === null ? {} : local(settings.emulatorHost)),
  });
  const terminate = db.terminate.bind(db);
  // What the client still repeats behind our back would end the process with an unhandled rejection.
  db.terminate = () => quiet().then(terminate);
  return db;
}

function local(host: string) {
  // Without the universe the client would look for credentials to learn it, and for a metadata server to get those.
  return { host, ssl: false, clientOptions: { universeDomain: "googleapis.com" } };
}
