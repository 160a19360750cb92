// The consumer keys that the broker gave, from secrets of the same names as the variables that hold them on a laptop.
import type { Environment } from "../domain/connection.ts";
import { Secret } from "../domain/secret.ts";
import type { SecretManager } from "./secret-manager-client.ts";

export interface BrokerKeys {
  readonly consumerKey: Secret;
  readonly consumerSecret: Secret;
}

/** What people put in a secret to fill it in later. */
const placeholder = /^(replace[ _-]?me|change[ _-]?me|placeholder|todo|tbd|none|null|undefined|x+|<.*>|your[ _-].*)$/i;

/** Null for an environment without keys; throws a sentence that names the secret if only one of a pair has a value. */
export async function readBrokerKeys(secrets: SecretManager): Promise<Record<Environment, BrokerKeys | null>> {
  const [prod, sandbox] = await Promise.all([readPair(secrets, "PROD"), readPair(secrets, "SANDBOX")]);
  return { prod, sandbox };
}

/** The keys of the Schwab app; null, and thrown, as above. */
export async function readSchwabKeys(
  secrets: SecretManager,
): Promise<{ readonly clientId: Secret; readonly clientSecret: Secret } | null> {
  const pair = await readNamed(secrets, ["SCHWAB_CLIENT_ID", "SCHWAB_CLIENT_SECRET"]);
  return pair === null ? null : { clientId: pair[0], clientSecret: pair[1] };
}

async function readPair(secrets: SecretManager, environment: "PROD" | "SANDBOX"): Promise<BrokerKeys | null> {
  const names = [`ETRADE_${environment}_CONSUMER_KEY`, `ETRADE_${environment}_CONSUMER_SECRET`] as const;
  const pair = await readNamed(secrets, names);
  return pair === null ? null : { consumerKey: pair[0], consumerSecret: pair[1] };
}

async function readNamed(
  secrets: SecretManager,
  names: readonly [key: string, secret: string],
): Promise<readonly [Secret, Secret] | null> {
  const [key, secret] = await Promise.all([read(secrets, names[0]), read(secrets, names[1])]);
  if (key !== null && secret !== null) return [new Secret(key), new Secret(secret)];
  if (key === null && secret === null) return null;
  const [missing, present] = key === null ? names : [names[1], names[0]];
  throw new Error(
    `The secret ${missing} in project ${secrets.project} has no value, but ${present} has one; the two belong together. ` +
      `Run: gcloud secrets versions add ${missing} --data-file=- --project=${secrets.project}`,
  );
}

/** Null if there is no usable value. A refused read is thrown: an environment must not vanish for want of a right. */
async function read(secrets: SecretManager, name: string): Promise<string | null> {
  // Nobody writes these while they are read, so `latest` is what it says.
  const value = (await secrets.access(name, "latest"))?.payload?.trim() ?? "";
  return value === "" || placeholder.test(value) ? null : value;
}
