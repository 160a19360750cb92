// One-time secrets that can be told from guesses without a look into the store: so whoever holds one is heard even while
// guessers have shut the door. The mark opens nothing; the store alone decides whether a secret is still good.
import { Secret } from "../domain/secret.ts";
import type { Randomness } from "../ports.ts";

export function markedSecret(random: Randomness): Secret {
  const secret = random.bearer().reveal();
  return new Secret(`${secret}.${markOf(random, secret)}`);
}

/** Whether this installation made it, at whatever time. */
export function isMarked(random: Randomness, text: string): boolean {
  const [secret = "", mark = ""] = text.split(".");
  return mark !== "" && mark === markOf(random, secret);
}

function markOf(random: Randomness, secret: string): string {
  return random.fingerprint(`one-time secret ${secret}`).slice(0, 32);
}
