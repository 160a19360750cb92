// What Firestore's failures mean to the operator. Its own messages name documents, so none of them gets any further.
import { inTime, patienceMs } from "./firestore-patience.ts";
import { type GoogleCode, statusOf } from "./google-call.ts";

/** Makes the call; what Firestore refused, or did not answer in time, is thrown as one sentence with the remedy. */
export async function explaining<T>(call: () => Promise<T>, ms: number = patienceMs): Promise<T> {
  try {
    return await inTime(call(), ms);
  } catch (error) {
    throw explained(error);
  }
}

function explained(error: unknown): unknown {
  const status = statusOf(error);
  return status === null ? error : new Error(sentences[status] ?? `Firestore refused a call of ours (${status}).`);
}

const noAnswer = (status: GoogleCode) => `Firestore gave no usable answer (${status}).`;

const sentences: Partial<Record<GoogleCode, string>> = {
  PERMISSION_DENIED:
    "Firestore denied access (PERMISSION_DENIED). Give the service account that runs this the role Cloud Datastore User (roles/datastore.user), and see that the Firestore API is enabled.",
  UNAUTHENTICATED:
    "Firestore accepted no credentials (UNAUTHENTICATED). On Cloud Run the service account gives them; elsewhere run: gcloud auth application-default login",
  NOT_FOUND:
    "Firestore found no database (NOT_FOUND). Create the one named (default), in native mode: gcloud firestore databases create --location=REGION",
  FAILED_PRECONDITION:
    "Firestore lacks an index, or its database is not in native mode (FAILED_PRECONDITION). Deploy firestore.indexes.json and look at the database in the console.",
  RESOURCE_EXHAUSTED: "Firestore's quota is used up (RESOURCE_EXHAUSTED). See the project's quotas and its billing.",
  ABORTED: "Firestore had too many writers at once (ABORTED).",
  UNAVAILABLE: noAnswer("UNAVAILABLE"),
  DEADLINE_EXCEEDED: noAnswer("DEADLINE_EXCEEDED"),
};
