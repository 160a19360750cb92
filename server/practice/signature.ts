// Pure. RFC 5849 §3.4 as a server reads it; written apart from providers/oauth1.ts, so that each checks the other.
import { createHmac, timingSafeEqual } from "node:crypto";

export type Parameter = readonly [name: string, value: string];

/** RFC 5849 §3.6: everything but letters, digits and `-._~` is written as upper-case %XX. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The pairs of a query string, `+` read as space (RFC 5849 §3.4.1.3.1); null if an escape is broken. */
export function queryParameters(query: string): Parameter[] | null {
  try {
    return query
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair) => {
        const equals = pair.indexOf("=");
        return equals < 0 ? [decode(pair), ""] : [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
      });
  } catch {
    return null;
  }
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/** RFC 5849 §3.4.1. `baseUri` is already free of query and default port. */
export function signatureBaseString(method: string, baseUri: string, parameters: readonly Parameter[]): string {
  const normalized = parameters
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .toSorted((a, b) => byCodeUnit(a[0], b[0]) || byCodeUnit(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  return [method.toUpperCase(), baseUri, normalized].map(percentEncode).join("&");
}

/** RFC 5849 §3.4.2. An absent token secret is the empty string. */
export function hmacSha1(baseString: string, consumerSecret: string, tokenSecret: string): string {
  const key = `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`;
  return createHmac("sha1", key).update(baseString).digest("base64");
}

export function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function byCodeUnit(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
