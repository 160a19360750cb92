// What E*TRADE's refusals mean: one table for every call. Pure. Bodies come as HTML, JSON, XML or text, whatever was asked.
import { type BrokerAnswer, failed, type FailureReason } from "../domain/broker-answer.ts";

/** E*TRADE's `oauth_problem` values (wiki.oauth.net ProblemReporting) that mean something particular. */
const problems: Record<string, FailureReason> = {
  token_expired: "token-expired",
  token_rejected: "token-rejected",
  token_revoked: "token-rejected",
  token_used: "token-rejected",
  verifier_invalid: "token-rejected",
  permission_denied: "token-rejected",
  permission_unknown: "token-rejected",
  signature_invalid: "signature-invalid",
  signature_method_rejected: "signature-invalid",
  parameter_absent: "signature-invalid",
  parameter_rejected: "signature-invalid",
  consumer_key_rejected: "consumer-key-rejected",
  consumer_key_unknown: "consumer-key-rejected",
  consumer_key_refused: "consumer-key-rejected",
  timestamp_refused: "clock-skew",
  nonce_used: "nonce-used",
  callback_rejected: "callback-rejected",
};

/** Classifies an answer that is not a success. */
export function classifyRefusal(httpStatus: number, body: string): Extract<BrokerAnswer<never>, { ok: false }> {
  const problem = /oauth_problem=([a-z_]+)/.exec(body)?.[1];
  if (problem !== undefined && Object.hasOwn(problems, problem))
    return failed(problems[problem] ?? "unexpected-answer", httpStatus);
  // Not 429: E*TRADE answers 400 with an HTML page.
  if (/exceeded the rate limit/i.test(body) || httpStatus === 429) return failed("rate-limited", httpStatus);
  if (/"?code"?\s*[:>]\s*670\b|undergoing maintenance/i.test(body)) return failed("maintenance", httpStatus);
  if (/invalid access token/i.test(body)) return failed("token-rejected", httpStatus);
  if (/invalid consumer key/i.test(body)) return failed("token-rejected", httpStatus);
  if (httpStatus === 503) return failed("maintenance", httpStatus);
  if (httpStatus >= 500) return failed("server-error", httpStatus);
  if (httpStatus === 401) return failed("token-rejected", httpStatus);
  return failed("unexpected-answer", httpStatus);
}

/** The window of a `timestamp_refused` answer, in epoch seconds; null if the body names none. */
export function acceptableTimestamps(body: string): { from: number; to: number } | null {
  const match = /oauth_acceptable_timestamps=(\d+)-(\d+)/.exec(body);
  return match === null ? null : { from: Number(match[1]), to: Number(match[2]) };
}

/** The token pair of a form-encoded body; null if it is not one. Values are decoded once, and used decoded from here on. */
export function parseTokenPair(body: string): { token: string; tokenSecret: string } | null {
  const form = new URLSearchParams(body);
  const token = form.get("oauth_token");
  const tokenSecret = form.get("oauth_token_secret");
  // White space means that a "+" was not encoded; a token mangled so would fail later, and mysteriously.
  if (!token || !tokenSecret || /\s/.test(token + tokenSecret)) return null;
  return { token, tokenSecret };
}
