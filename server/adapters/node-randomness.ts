// Randomness over node:crypto.
import { createHash, randomBytes, randomInt } from "node:crypto";
import { Secret } from "../domain/secret.ts";
import type { Randomness } from "../ports.ts";

/** `fingerprint`: the keyed hash of the installation; its key outlives key rotation. */
export function nodeRandomness(fingerprint: (text: string) => string): Randomness {
  return {
    id: () => randomBytes(16).toString("base64url"),
    bearer: () => new Secret(randomBytes(32).toString("base64url")),
    below: (count) => randomInt(count),
    digest: (text) => createHash("sha256").update(text).digest("hex"),
    fingerprint,
  };
}
