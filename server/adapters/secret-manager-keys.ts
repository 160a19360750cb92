// Sealing keys in the secret `prebell-key`. Always its version 1: two instances that both find none and both add one agree
// all the same, since the first of the two is number 1 for both.
import { addCreating } from "./secret-manager-add.ts";
import type { SecretManager } from "./secret-manager-client.ts";
import { freshContent, keyText, parseKeys, type SealingKeys } from "./sealing-keys.ts";

const secret = "prebell-key";
const version = 1;

/** Makes the key at the first need; throws a sentence that names the secret and the remedy if it can't be used. */
export async function secretManagerKeys(secrets: SecretManager): Promise<SealingKeys> {
  const where = `the secret ${secret} in project ${secrets.project}`;
  // What it seals lives for minutes; the pinned accounts' fingerprints alone are lost with it.
  const remedy =
    "If that key is lost, delete the secret, run pulumi up in infra/ and start anew: a fresh key is made. " +
    "Then run: npm run prebell -- unpin CONNECTION";
  const fail = (what: string): never => {
    throw new Error(`Version ${version} of ${where} ${what}. ${remedy}`);
  };

  let stored = await secrets.access(secret, version);
  if (stored === null) {
    await addCreating(secrets, secret, keyText(freshContent()), 0);
    stored = await secrets.access(secret, version);
  }
  if (stored === null) return fail("was added and can't be found");
  if (stored.payload === null) return fail("is disabled or destroyed: enable it again");
  const { pin, keys } = parseKeys(stored.payload, fail);
  return {
    where,
    remedy,
    newest: () => keys.at(-1) ?? fail("holds no key"),
    find: (id) => keys.find((key) => key.id === id) ?? null,
    pinSecret: () => pin,
  };
}
