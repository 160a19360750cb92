// Pure. Reads what a person or a broker's redirect brings back.
import type { ProviderId } from "./connection.ts";

/** What the person typed or pasted, or the address the broker sent the browser to. */
export type GivenAnswer = { readonly verifier: string } | { readonly callbackUrl: string };

export interface ReadVerifier {
  readonly verifier: string;
  /** Which authorization the answer names; null where it names none. The empty text matches no authorization. */
  readonly requestToken: string | null;
}

/** The broker gave no code, and says why in its own word. */
export interface Denial {
  readonly denied: string;
  /** As in `ReadVerifier`. */
  readonly requestToken: string;
}

/** Null: that can't be an answer of this broker's. */
export function readAnswer(provider: ProviderId, answer: GivenAnswer): ReadVerifier | Denial | null {
  switch (provider) {
    case "etrade":
      return "verifier" in answer ? etradeCode(answer.verifier) : etradeCallback(answer.callbackUrl);
    case "schwab":
      return "verifier" in answer
        ? (schwabAddress(answer.verifier) ?? schwabCode(answer.verifier))
        : schwabAddress(answer.callbackUrl);
  }
}

/** Five capitals and digits in practice, four to ten accepted; spaces and dashes of a paste are forgiven. */
function etradeCode(text: string): ReadVerifier | null {
  const verifier = text.replace(/[\s-]/g, "").toUpperCase();
  return /^[A-Z0-9]{4,10}$/.test(verifier) ? { verifier, requestToken: null } : null;
}

/** `oauth_token` is documented to be absent, but binds if it is there. */
function etradeCallback(url: string): ReadVerifier | null {
  if (!URL.canParse(url)) return null;
  const query = new URL(url).searchParams;
  const verifier = query.get("oauth_verifier");
  if (verifier === null || !/^[A-Za-z0-9]{4,64}$/.test(verifier)) return null;
  return { verifier, requestToken: query.get("oauth_token") };
}

/**
 * The address Schwab sent the browser to, whole or from its query on, wherever it leads. It always carries the state we
 * sent: one without it is nobody's, so it gets the empty request token. Schwab's own `session` means nothing to us.
 */
function schwabAddress(text: string): ReadVerifier | Denial | null {
  const query = queryOf(text.replace(/\s/g, ""));
  if (query === null) return null;
  const [codes, states, errors] = [query.getAll("code"), query.getAll("state"), query.getAll("error")];
  // Twice the same parameter is no answer of a broker's (RFC 6749 §3.1).
  if (codes.length > 1 || states.length > 1) return null;
  const [code, error] = [codes[0], errors[0]];
  if (error !== undefined)
    return { denied: /^[a-z_]{1,64}$/.test(error) ? error : "unknown", requestToken: states[0] ?? "" };
  return code !== undefined && isCode(code) ? { verifier: code, requestToken: states[0] ?? "" } : null;
}

function queryOf(text: string): URLSearchParams | null {
  const [address = ""] = text.split("#");
  const start = address.indexOf("?");
  if (start >= 0) return new URLSearchParams(address.slice(start + 1));
  if (address.includes("://") || !address.includes("&")) return null;
  // Copied from the code on: "C0.…%40&session=…&state=…".
  return new URLSearchParams(/^[a-z_]+=/.test(address) ? address : `code=${address}`);
}

/** The code by itself, copied out of the address ("…%40") or decoded already ("…@"); words with spaces are none. */
function schwabCode(text: string): ReadVerifier | null {
  const bare = text
    .trim()
    .replace(/\s*\n\s*/g, "")
    .replace(/^code=/, "");
  if (/[?#&]|:\/\//.test(bare)) return null;
  const code = decodedOnce(bare);
  return code !== null && isCode(code) ? { verifier: code, requestToken: null } : null;
}

function decodedOnce(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    // A "%" that encodes nothing: cut off in copying.
    return null;
  }
}

/** Schwab's run to a hundred characters and more; what they hold besides is not documented. */
function isCode(code: string): boolean {
  return /^[\x21-\x7e]{8,2000}$/.test(code);
}

/** Whether a text is more likely a code, or an address with one, than words: it should not stay where others may read it. */
export function looksLikeAnswer(text: string): boolean {
  const bare = text.trim();
  if (/:\/\/|\b(?:code|state|oauth_\w+)=/.test(bare) || /^\S{20,}$/.test(bare)) return true;
  const joined = bare.replace(/[\s-]/g, "");
  return /^[A-Za-z0-9]{4,10}$/.test(joined) && (/\d/.test(joined) || /^[A-Z]+$/.test(joined));
}
