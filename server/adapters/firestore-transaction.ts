// Transactions, repeated as often as it takes and no longer than a request lives. The client's own repetition waits a
// second after a mere collision and a minute when a quota is used up.
import { setTimeout as pause } from "node:timers/promises";
import type { Firestore, Transaction } from "@google-cloud/firestore";
import { explaining } from "./firestore-errors.ts";
import { type GoogleCode, statusOf } from "./google-call.ts";
import { patienceMs, tooLate } from "./firestore-patience.ts";

const firstPauseMs = 40;
const longestPauseMs = 2_000;

/**
 * Runs `work` and commits what it wrote, again and again while Firestore is away or others interfere. The commit of an
 * earlier run may have been done although its answer was lost: `work` has to see that for itself.
 */
export async function inTransaction<T>(
  db: Firestore,
  work: (transaction: Transaction) => Promise<T>,
  since: number = performance.now(),
): Promise<T> {
  const givesUpAt = since + patienceMs;
  // Nothing may be done once the caller has been told that it was in vain.
  const requireTime = () => {
    if (performance.now() > givesUpAt) throw new Error(tooLate);
  };
  async function inTimeOnly(transaction: Transaction): Promise<T> {
    const answer = await work(transaction);
    requireTime();
    return answer;
  }
  async function attempts(): Promise<T> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
        return await db.runTransaction(inTimeOnly, { maxAttempts: 1 });
      } catch (error) {
        if (!mayGoBetter(error) || performance.now() + pauseMs > givesUpAt) throw error;
        // Two who collided must not come back at the same instant.
        // oxlint-disable-next-line no-await-in-loop
        await pause(pauseMs * (0.5 + Math.random()));
      }
    }
  }
  requireTime();
  return explaining(attempts, givesUpAt - performance.now());
}

const passing: ReadonlySet<GoogleCode | null> = new Set<GoogleCode>([
  "ABORTED",
  "CANCELLED",
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "INTERNAL",
  "UNAVAILABLE",
]);

function mayGoBetter(error: unknown): boolean {
  const status = statusOf(error);
  // How Firestore speaks of a transaction that it has finished or forgotten.
  const isForgotten = error instanceof Error && error.message.includes("transaction has expired");
  return passing.has(status) || (status === "INVALID_ARGUMENT" && isForgotten);
}
