// A client's side of RFC 5849, written for these tests alone: a third reading beside the broker's and the provider's.
import { createHmac, randomUUID } from "node:crypto";

export interface Credentials {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly token?: string;
  readonly tokenSecret?: string;
}

type Pair = readonly [string, string];

export function encode(text: string): string {
  const bytes = [...new TextEncoder().encode(text)];
  return bytes
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[\w.~-]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

export function baseString(method: string, url: string, parameters: readonly Pair[]): string {
  const { protocol, host, pathname, searchParams } = new URL(url);
  const pairs = [...parameters, ...searchParams].map(([name, value]): Pair => [encode(name), encode(value)]);
  // A space sorts below every encoded character, so one comparison orders by name, then by value.
  const sorted = pairs.map((pair) => pair.join(" ")).toSorted((a, b) => (a < b ? -1 : 1));
  const joined = sorted.map((pair) => pair.replace(" ", "=")).join("&");
  return `${method}&${encode(`${protocol}//${host}${pathname}`)}&${encode(joined)}`;
}

export function hmac(base: string, consumerSecret: string, tokenSecret: string): string {
  return createHmac("sha1", `${encode(consumerSecret)}&${encode(tokenSecret)}`)
    .update(base)
    .digest("base64");
}

/** The OAuth parameters of a proper call, signed; `changes` replaces, adds or (undefined) leaves out before signing. */
export function signedParameters(
  url: string,
  credentials: Credentials,
  now: Temporal.Instant,
  changes: Readonly<Record<string, string | undefined>> = {},
): Pair[] {
  const all: Record<string, string | undefined> = {
    oauth_consumer_key: credentials.consumerKey,
    oauth_nonce: randomUUID(),
    oauth_signature_method: "HMAC-SHA1",
    oauth_timestamp: String(Math.floor(now.epochMilliseconds / 1000)),
    oauth_token: credentials.token,
    ...changes,
  };
  const sent = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const base = baseString("GET", url, sent);
  return [...sent, ["oauth_signature", hmac(base, credentials.consumerSecret, credentials.tokenSecret ?? "")]];
}

export function authorizationHeader(parameters: readonly Pair[]): string {
  return `OAuth ${parameters.map(([name, value]) => `${name}="${encode(value)}"`).join(", ")}`;
}
