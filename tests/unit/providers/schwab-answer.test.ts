import { describe, expect, it } from "vitest";
import type { FailureKind, FailureReason } from "../../../server/domain/broker-answer.ts";
import {
  classifyApiRefusal,
  classifyExchangeRefusal,
  classifyRefreshRefusal,
} from "../../../server/providers/schwab-answer.ts";

const wrapped = (inner: object) =>
  JSON.stringify({
    error: "unsupported_token_type",
    error_description: `400 Bad Request: "${JSON.stringify(inner)}"`,
  });
const dead2024 = wrapped({
  error_description:
    "Exception while authenticating refresh token [tokenDigest=x, Exception=Failed refresh token authentication [tokenDigest=x]]",
  error: "refresh_token_authentication_error",
});
const dead2026 = wrapped({
  error_description: "Refresh token is invalid, expired or revoked",
  error: "invalid_grant",
});
const invalidClient = JSON.stringify({ error: "invalid_client", error_description: "Unauthorized" });
const accessDenied = "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>invalid_grant</BODY></HTML>";
const otherClient = JSON.stringify({ error: "unauthorized_client", error_description: "Client not authorized" });
const wrongRedirect = JSON.stringify({ error: "invalid_request", error_description: "Invalid redirect_uri" });

type Row = [httpStatus: number, body: string, kind: FailureKind, reason: FailureReason];

/** Whatever is asked of Schwab, these say nothing about a token. */
const troubles: Row[] = [
  [403, accessDenied, "transient", "gateway-refused"],
  [429, "Rate Limit Exceeded", "rate-limited", "rate-limited"],
  [429, "", "rate-limited", "rate-limited"],
  [500, '{"fault":{"faultstring":"Body buffer overflow"}}', "transient", "server-error"],
  [500, dead2026, "transient", "server-error"],
  [502, "<html>Bad gateway</html>", "transient", "server-error"],
  [503, "upstream request timeout", "transient", "maintenance"],
  [504, "upstream request timeout", "transient", "server-error"],
  [200, "<html>garbage</html>", "transient", "unexpected-answer"],
  [302, "", "transient", "unexpected-answer"],
  [404, "", "transient", "unexpected-answer"],
];

const client: Row[] = [
  [401, invalidClient, "misconfigured", "consumer-key-rejected"],
  [400, invalidClient, "misconfigured", "consumer-key-rejected"],
  [401, otherClient, "misconfigured", "consumer-key-rejected"],
  [400, wrongRedirect, "misconfigured", "callback-rejected"],
];

describe("Schwab's refusals of a refresh", () => {
  it.each<Row>([
    [400, dead2024, "needs-person", "refresh-token-rejected"],
    [400, dead2026, "needs-person", "refresh-token-rejected"],
    [401, dead2026, "needs-person", "refresh-token-rejected"],
    [400, '{"error":"invalid_grant"}', "needs-person", "refresh-token-rejected"],
    [400, wrapped({ error_description: "Bad Refresh Token" }), "needs-person", "refresh-token-rejected"],
    ...client,
    ...troubles,
    [400, '{"error":"unsupported_token_type"}', "transient", "unexpected-answer"],
    [400, "<b>Bad Request</b>", "transient", "unexpected-answer"],
    [401, "\u001f\u008b\u0008binary", "transient", "unexpected-answer"],
  ])("reads %i %s as %s: %s", (httpStatus, body, kind, reason) => {
    expect(classifyRefreshRefusal(httpStatus, body).failure).toEqual({ kind, reason, httpStatus });
  });
});

describe("Schwab's refusals of a code", () => {
  it.each<Row>([
    [400, dead2026, "needs-person", "code-rejected"],
    [401, '{"error":"invalid_grant"}', "needs-person", "code-rejected"],
    [400, '{"error":"something_new"}', "needs-person", "code-rejected"],
    [400, "", "needs-person", "code-rejected"],
    ...client,
    ...troubles,
  ])("reads %i %s as %s: %s", (httpStatus, body, kind, reason) => {
    expect(classifyExchangeRefusal(httpStatus, body).failure).toEqual({ kind, reason, httpStatus });
  });
});

describe("the Trader API's refusals", () => {
  it.each<Row>([
    [401, '{"errors":[{"status":401,"detail":"Client not authorized"}]}', "needs-person", "token-rejected"],
    [401, "", "needs-person", "token-rejected"],
    ...troubles,
    [400, '{"message":"invalid_grant"}', "transient", "unexpected-answer"],
  ])("reads %i %s as %s: %s", (httpStatus, body, kind, reason) => {
    expect(classifyApiRefusal(httpStatus, body).failure).toEqual({ kind, reason, httpStatus });
  });
});
