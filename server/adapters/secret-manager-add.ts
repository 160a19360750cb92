// Adding a version although answers get lost. The API has no compare-and-set and no request id, so after a doubtful answer
// the versions are looked at one by one: by number, the only read that is sure to see what was just written.
import { setTimeout as pause } from "node:timers/promises";
import { type GoogleCode, isRefusal } from "./google-call.ts";
import type { SecretManager } from "./secret-manager-client.ts";

/** After these nobody knows whether the version exists; or, of the last, it does not and may be tried again. */
const doubtful: readonly GoogleCode[] = [
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "INTERNAL",
  "UNKNOWN",
  "CANCELLED",
  "ABORTED",
  "DATA_LOSS",
  "RESOURCE_EXHAUSTED",
];

const mostTries = 3;
const lastTryAfterMs = 12_000;
/** A secret takes two additions a second. */
const pauseMs = 600;

/** The number of the one version that holds the payload; `known` is a number that existed before. Rejects as `add` does. */
export async function addOnce(secrets: SecretManager, secret: string, payload: string, known: number): Promise<number> {
  const giveUpAt = performance.now() + lastTryAfterMs;
  for (let tries = 1; ; tries += 1) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one try after the other
      return await secrets.add(secret, payload);
    } catch (error) {
      if (!isRefusal(error, ...doubtful)) throw error;
      // oxlint-disable-next-line no-await-in-loop
      const own = (await versionsAbove(secrets, secret, known)).findLast((version) => version.payload === payload);
      if (own !== undefined) return own.number;
      if (tries === mostTries || performance.now() > giveUpAt) throw error;
    }
    // oxlint-disable-next-line no-await-in-loop
    await pause(pauseMs);
  }
}

/** As `addOnce`, and creates the secret if it is missing and that is allowed; throws a sentence with the remedy if it is not. */
export async function addCreating(
  secrets: SecretManager,
  secret: string,
  payload: string,
  known: number,
): Promise<number> {
  try {
    return await addOnce(secrets, secret, payload, known);
  } catch (error) {
    if (!isRefusal(error, "NOT_FOUND")) throw error;
  }
  try {
    await secrets.create(secret);
  } catch (error) {
    if (!isRefusal(error, "PERMISSION_DENIED")) throw error;
    throw new Error(
      `The secret ${secret} is missing in project ${secrets.project}, and the service account may not create secrets. ` +
        "Run pulumi up in infra/, which creates it with the rights it needs.",
      { cause: error },
    );
  }
  return addOnce(secrets, secret, payload, known);
}

/** Every version above the number, oldest first, with the payload where it is enabled; numbers have no gaps. */
export async function versionsAbove(
  secrets: SecretManager,
  secret: string,
  known: number,
): Promise<{ readonly number: number; readonly payload: string | null }[]> {
  const found: { number: number; payload: string | null }[] = [];
  for (let number = known + 1; ; number += 1) {
    // oxlint-disable-next-line no-await-in-loop -- the next number is asked for only if this one exists
    const version = await secrets.access(secret, number);
    if (version === null) return found;
    found.push({ number, payload: version.payload });
  }
}
