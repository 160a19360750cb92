import { createHash } from "node:crypto";

/** E*TRADE, "Get Request Token": a timestamp must lie within five minutes. */
export const timestampToleranceSeconds = 300;

// Small enough that the state file stays at a few kilobytes, large enough that purging costs nothing per call.
const purgeFrom = 200;

/** Remembers nonces as long as their timestamps would still be accepted. */
export function createNonces(seen: Map<string, number>): {
  /** False if this combination was seen before. */
  accept(use: { timestamp: number; consumerKey: string; token: string; nonce: string }, nowSeconds: number): boolean;
} {
  let purgeAt = purgeFrom;
  return {
    accept(use, nowSeconds) {
      const digest = createHash("sha1").update(JSON.stringify([use.timestamp, use.consumerKey, use.token, use.nonce]));
      const key = digest.digest("base64");
      if (seen.has(key)) return false;
      if (seen.size >= purgeAt) {
        for (const [old, timestamp] of seen)
          if (Math.abs(timestamp - nowSeconds) > timestampToleranceSeconds) seen.delete(old);
        purgeAt = Math.max(purgeFrom, seen.size * 2);
      }
      seen.set(key, use.timestamp);
      return true;
    },
  };
}
