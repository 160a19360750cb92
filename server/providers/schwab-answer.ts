// What Schwab's refusals mean: one table for each of its two endpoints. Pure. Bodies come as JSON, text or HTML.
import { type BrokerAnswer, failed } from "../domain/broker-answer.ts";

type Refusal = Extract<BrokerAnswer<never>, { ok: false }>;

/**
 * The only words that mean a dead refresh token, seen in 2024 and 2026. Looked for anywhere in the body: Schwab wraps one
 * error in another, and the inner one is no valid JSON. Everything else keeps the tokens.
 */
function saysDead(httpStatus: number, body: string): boolean {
  if (httpStatus !== 400 && httpStatus !== 401) return false;
  return (
    /invalid_grant|refresh_token_authentication_error/.test(body) ||
    (/unsupported_token_type|invalid_client/.test(body) && /refresh token/i.test(body))
  );
}

/** A refresh that brought no tokens. */
export function classifyRefreshRefusal(httpStatus: number, body: string): Refusal {
  return saysDead(httpStatus, body)
    ? failed("refresh-token-rejected", httpStatus)
    : (classifyClientRefusal(httpStatus, body) ?? classifyTrouble(httpStatus, body));
}

/** An exchange that brought no tokens. What Schwab says to a spent or late code is not documented; a 400 is taken for it. */
export function classifyExchangeRefusal(httpStatus: number, body: string): Refusal {
  if (saysDead(httpStatus, body)) return failed("code-rejected", httpStatus);
  const client = classifyClientRefusal(httpStatus, body);
  if (client !== null) return client;
  return httpStatus === 400 ? failed("code-rejected", httpStatus) : classifyTrouble(httpStatus, body);
}

/** A call to the Trader API. 401: the access token lapsed, was withdrawn, or opens no account; a refresh tells which. */
export function classifyApiRefusal(httpStatus: number, body: string): Refusal {
  return httpStatus === 401 ? failed("token-rejected", httpStatus) : classifyTrouble(httpStatus, body);
}

/** Wrong key or secret, an app that is not Ready For Use, or a redirect URI that is not the registered one. */
function classifyClientRefusal(httpStatus: number, body: string): Refusal | null {
  if (httpStatus !== 400 && httpStatus !== 401) return null;
  if (/invalid_client|unauthorized_client/.test(body)) return failed("consumer-key-rejected", httpStatus);
  if (/invalid_request/.test(body) && /redirect[_ ]?uri/i.test(body)) return failed("callback-rejected", httpStatus);
  return null;
}

/** Nothing that is said about a token here. */
function classifyTrouble(httpStatus: number, body: string): Refusal {
  if (httpStatus === 429 || /rate limit exceeded/i.test(body)) return failed("rate-limited", httpStatus);
  // Akamai's "Access Denied" page: seen to go away by itself.
  if (httpStatus === 403) return failed("gateway-refused", httpStatus);
  if (httpStatus === 503) return failed("maintenance", httpStatus);
  if (httpStatus >= 500) return failed("server-error", httpStatus);
  return failed("unexpected-answer", httpStatus);
}
