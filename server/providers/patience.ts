// Read-only calls that the broker had too many of are tried again a little later, not at once and not for ever.
import { setTimeout } from "node:timers/promises";
import type { BrokerAnswer } from "../domain/broker-answer.ts";
import type { Clock } from "../ports.ts";

export interface Asked<T> {
  readonly answer: BrokerAnswer<T>;
  /** The answer's Retry-After; null if it has none. */
  readonly retryAfter: string | null;
}

/** `pause`: waits so many milliseconds; tests pass their own. */
export async function patiently<T>(
  ask: () => Promise<Asked<T>>,
  clock: Clock,
  pause: (milliseconds: number) => Promise<unknown> = setTimeout,
): Promise<BrokerAnswer<T>> {
  for (let triesMade = 1; ; triesMade += 1) {
    const { answer, retryAfter } = await ask();
    if (answer.ok || answer.failure.kind !== "rate-limited") return answer;
    const wait = pauseBeforeRetry(triesMade, retryAfter, clock(), Math.random());
    if (wait === null) return answer;
    await pause(wait);
  }
}

/** Three calls at most, and seconds between them: whoever waits for the answer may hold a lease. */
export const maxTries = 3;
const longestPauseMs = 5_000;
const firstPauseMs = 500;

/**
 * Pure. Milliseconds until the next try; null if it is not worth waiting. `triesMade` counts from 1. `chance` (0 to 1) spreads the
 * programs that were turned away together: the first pause is 250 to 500 ms, the second 500 to 1000.
 */
export function pauseBeforeRetry(
  triesMade: number,
  retryAfter: string | null,
  now: Temporal.Instant,
  chance: number,
): number | null {
  if (triesMade >= maxTries) return null;
  const asked = retryAfter === null ? 0 : askedPauseMs(retryAfter, now);
  if (asked > longestPauseMs) return null;
  const pause = firstPauseMs * 2 ** (triesMade - 1);
  return asked + Math.round(pause / 2 + (pause / 2) * chance);
}

/** RFC 9110 §10.2.3: whole seconds or a date; 0 where it is neither. */
function askedPauseMs(retryAfter: string, now: Temporal.Instant): number {
  if (/^\s*\d+\s*$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? 0 : Math.max(0, date - now.epochMilliseconds);
}
