// Pure. The keys that a broker gave for one app: what they may look like, and what may be shown of them.
import type { ConnectionIdentity, Environment, ProviderId } from "./connection.ts";
import type { Secret } from "./secret.ts";

export interface BrokerKeys {
  readonly consumerKey: Secret;
  readonly consumerSecret: Secret;
  /** As registered with the app, byte for byte; null: the page's own, or none where the broker needs none. */
  readonly redirectUri: string | null;
}

/** What is known of stored keys without them. */
export interface KeyFacts {
  /** The consumer key's end, "••••1234": enough for its owner to recognise. */
  readonly masked: string;
  readonly storedAt: Temporal.Instant;
}

/** A person's own brokers and their family's; more is somebody filling the store. */
export const mostOwnConnections = 20;

export function keyFacts({ consumerKey }: Pick<BrokerKeys, "consumerKey">, storedAt: Temporal.Instant): KeyFacts {
  const key = consumerKey.reveal();
  // Of a short key four characters would be too much of it.
  return { masked: key.length < 12 ? "••••" : `••••${key.slice(-4)}`, storedAt };
}

/** What a connection may be called, so that it reads well in a list, a chat and a terminal. */
export const connectionName = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M} .'’&-]{0,28}[\p{L}\p{N}\p{M}.])?$/u;

interface Shape {
  readonly fits: RegExp;
  /** What the broker calls it: "consumer" key and secret, "app" key and secret. */
  readonly owner: string;
  readonly words: string;
}

const shapes: Readonly<Record<ProviderId, Shape>> = {
  etrade: {
    fits: /^[\x21-\x7e]{8,128}$/,
    owner: "consumer",
    words: "8 to 128 characters without spaces, as E*TRADE sent it",
  },
  // Else the Authorization header would need escapes that Schwab's side is not known to undo.
  schwab: {
    fits: /^[A-Za-z0-9]{8,128}$/,
    owner: "app",
    words: "8 to 128 letters and digits, as the developer portal shows it",
  },
};

/** One sentence on what is wrong with the wish, without any part of a key; null if nothing is. */
export function faultOf(
  { provider, environment, name }: Pick<ConnectionIdentity, "provider" | "environment"> & { readonly name: string },
  keys: BrokerKeys,
): string | null {
  if (!connectionName.test(name))
    return "The name has to be 1 to 30 letters and digits; spaces, dots, hyphens, apostrophes and & may be between them.";
  if (provider === "schwab" && environment !== "prod") return "Schwab's sandbox has no accounts: choose production.";
  return keysFaultOf(provider, keys);
}

/** As `faultOf`, of the keys alone. */
export function keysFaultOf(provider: ProviderId, keys: BrokerKeys): string | null {
  const { fits, owner, words } = shapes[provider];
  const [key, secret] = [keys.consumerKey.reveal(), keys.consumerSecret.reveal()];
  if (!fits.test(key)) return `The ${owner} key has to be ${words}.`;
  if (!fits.test(secret)) return `The ${owner} secret has to be ${words}.`;
  if (key === secret) return "Key and secret are the same: one of them was pasted twice.";
  if (keys.redirectUri === null) return null;
  if (provider === "etrade") return "E*TRADE needs no callback address here: it shows a code instead.";
  return /^https:\/\/[^\s#]{1,500}$/.test(keys.redirectUri)
    ? null
    : "The callback address has to be the https address registered with the app, byte for byte.";
}

/** An id that was never given before: what was journalled under one must never become somebody else's. */
export function freshConnectionId(
  provider: ProviderId,
  environment: Environment,
  name: string,
  given: ReadonlySet<string>,
): string {
  const wanted = `${provider}-${environment}-${slugOf(name)}`;
  if (!given.has(wanted)) return wanted;
  let number = 2;
  while (given.has(`${wanted}-${number}`)) number += 1;
  return `${wanted}-${number}`;
}

/** "Anna & Björn" → "anna-bjorn"; what has no letter of ours becomes "own". */
function slugOf(name: string): string {
  const plain = name.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  const slug = plain.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
  return slug === "" ? "own" : slug;
}
