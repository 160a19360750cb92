// OAuth 1.0a request signing (RFC 5849 §3.4 and §3.5), HMAC-SHA1 only: the one method E*TRADE accepts.
// Ours because no maintained package passes the published vectors. Pure: time and nonce are passed in.
import { createHmac } from "node:crypto";

export type Parameter = readonly [name: string, value: string];

export interface Credentials {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  /** Request or access token as decoded from the broker's answer; absent when fetching a request token. */
  readonly token?: string;
  readonly tokenSecret?: string;
}

/** RFC 5849 §3.6: everything but letters, digits and "-._~" becomes %XX of its UTF-8 bytes, upper case. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** RFC 5849 §3.4.1. `parameters` are decoded; those in the URL's query are added here. */
export function signatureBaseString(method: string, url: URL, parameters: readonly Parameter[]): string {
  const baseUri = `${url.protocol}//${url.host}${url.pathname}`;
  const normalized = [...parameters, ...url.searchParams]
    .map(([name, value]): Parameter => [percentEncode(name), percentEncode(value)])
    // By bytes of the encoded form (§3.4.1.3.2), which are ASCII: code-unit order, never a locale's.
    .toSorted((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  return [method.toUpperCase(), baseUri, normalized].map(percentEncode).join("&");
}

/** RFC 5849 §3.4.2, base64. An absent token secret counts as empty. */
export function sign(baseString: string, consumerSecret: string, tokenSecret = ""): string {
  const key = `${percentEncode(consumerSecret)}&${percentEncode(tokenSecret)}`;
  return createHmac("sha1", key).update(baseString).digest("base64");
}

/**
 * The Authorization header for a request to exactly `url`. `extra` holds the step's own parameters (`oauth_callback`,
 * `oauth_verifier`). No `oauth_version`: E*TRADE's tables don't list it and its worked example omits it.
 */
export function authorizationHeader(
  method: string,
  url: URL,
  credentials: Credentials,
  extra: readonly Parameter[],
  timestampSeconds: number,
  nonce: string,
): string {
  const parameters: Parameter[] = [
    ["oauth_consumer_key", credentials.consumerKey],
    ["oauth_timestamp", String(timestampSeconds)],
    ["oauth_nonce", nonce],
    ["oauth_signature_method", "HMAC-SHA1"],
    ...extra,
  ];
  if (credentials.token !== undefined) parameters.push(["oauth_token", credentials.token]);
  const signature = sign(
    signatureBaseString(method, url, parameters),
    credentials.consumerSecret,
    credentials.tokenSecret,
  );
  const fields = [...parameters, ["oauth_signature", signature] as const].map(
    ([name, value]) => `${name}="${percentEncode(value)}"`,
  );
  return `OAuth ${fields.join(", ")}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
