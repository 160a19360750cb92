// Refusals and faults as application/problem+json (RFC 9457): one table from our codes to HTTP, sentences from the domain.
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Refusal, type RefusalCode, refusalSentence } from "../domain/refusal.ts";
import type { Problem } from "./contract.ts";

const statusOf: Record<RefusalCode, ContentfulStatusCode> = {
  "unknown-connection": 404,
  "verifier-malformed": 422,
  "verifier-rejected": 422,
  "verifier-used": 409,
  "authorization-lapsed": 410,
  "authorization-denied": 422,
  "authorization-interrupted": 409,
  "authorization-missing": 409,
  "authorization-elsewhere": 409,
  "callback-mismatch": 422,
  "renewal-in-progress": 409,
  "too-many-attempts": 429,
  "account-mismatch": 409,
  "no-accounts": 409,
  "candidate-rejected": 502,
  "broker-unavailable": 503,
  misconfigured: 502,
  "nothing-to-confirm": 409,
  "no-token": 409,
  "token-too-short": 409,
  "no-previous-version": 409,
  "earlier-version-rejected": 409,
  "unknown-version": 422,
  locked: 423,
  "owner-first": 409,
  "unknown-person": 404,
  "name-taken": 409,
  "first-person": 409,
  "not-oneself": 409,
  "owns-connections": 409,
  "not-an-owner": 409,
  "owned-already": 409,
  "unknown-token": 404,
  "token-name-taken": 409,
  "token-configured": 409,
  "beyond-rights": 403,
  "drill-open": 409,
  "drill-time": 422,
  "drill-real-need": 409,
  "unknown-drill": 404,
  "too-many-connections": 409,
  "connection-name-taken": 409,
  "keys-configured": 409,
};

const titles: Partial<Record<number, string>> = {
  400: "Bad request",
  401: "Not signed in",
  403: "Not allowed",
  404: "Not found",
  409: "Not possible now",
  410: "Too late",
  413: "Too large",
  415: "Wrong content type",
  422: "Not acceptable input",
  423: "Locked",
  429: "Too many attempts",
  500: "Fault in Prebell",
  502: "The broker refused",
  503: "Not reachable now",
};

export function problem(c: Context, status: ContentfulStatusCode, code: string, detail: string): Response {
  c.set("problem", code);
  const body: Problem = { type: "about:blank", title: titles[status] ?? "Problem", status, code, detail };
  return c.body(JSON.stringify(body), status, { "content-type": "application/problem+json; charset=utf-8" });
}

/** `broker`: the name of the broker concerned. */
export function refusalProblem(c: Context, refusal: Refusal, broker: string): Response {
  const status = statusOf[refusal.code];
  if (status === 429 || status === 503) c.header("Retry-After", status === 429 ? "300" : "10");
  return problem(c, status, refusal.code, refusalSentence(refusal, broker));
}
