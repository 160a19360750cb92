import { describe, expect, it } from "vitest";
import { acceptableTimestamps, classifyRefusal, parseTokenPair } from "../../../server/providers/etrade-answer.ts";

const tomcat = (problem: string) => `<html><body><h1>HTTP Status 401 - oauth_problem=${problem}</h1></body></html>`;
const json = (message: string) => JSON.stringify({ Error: { message } });

describe("E*TRADE's refusals", () => {
  it.each([
    [401, tomcat("token_expired"), "needs-person", "token-expired"],
    [401, json("oauth_problem=token_expired"), "needs-person", "token-expired"],
    [401, tomcat("token_rejected"), "needs-person", "token-rejected"],
    [401, json("Invalid access token used"), "needs-person", "token-rejected"],
    [401, "Unauthorized request - invalid consumer key and/or session token", "needs-person", "token-rejected"],
    [401, tomcat("signature_invalid"), "misconfigured", "signature-invalid"],
    [401, tomcat("consumer_key_rejected"), "misconfigured", "consumer-key-rejected"],
    [401, tomcat("consumer_key_unknown"), "misconfigured", "consumer-key-rejected"],
    [401, tomcat("timestamp_refused,oauth_acceptable_timestamps=1-2"), "misconfigured", "clock-skew"],
    [401, tomcat("nonce_used"), "transient", "nonce-used"],
    [400, tomcat("callback_rejected,oauth_acceptable_callback=oob"), "misconfigured", "callback-rejected"],
    [400, "<html>Number of requests exceeded the rate limit set</html>", "rate-limited", "rate-limited"],
    [500, '{"Error":{"code":670,"message":"Currently undergoing maintenance"}}', "transient", "maintenance"],
    [500, "<Error><code>670</code></Error>", "transient", "maintenance"],
    [
      500,
      '{"Error":{"code":100,"message":"The requested service is not currently available"}}',
      "transient",
      "server-error",
    ],
    [503, "", "transient", "maintenance"],
    [502, "<html>Bad gateway</html>", "transient", "server-error"],
    [401, "", "needs-person", "token-rejected"],
    [400, "<b>Http/1.1 400 Bad Request</b>", "transient", "unexpected-answer"],
    [302, "", "transient", "unexpected-answer"],
    [401, tomcat("something_new"), "needs-person", "token-rejected"],
    [401, tomcat("constructor"), "needs-person", "token-rejected"],
  ])("reads %i %s as %s: %s", (httpStatus, body, kind, reason) => {
    expect(classifyRefusal(httpStatus, body).failure).toEqual({ kind, reason, httpStatus });
  });

  it("finds the acceptable timestamps, and null where there are none", () => {
    expect(acceptableTimestamps("timestamp_refused,oauth_acceptable_timestamps=1636665132-1636665732")).toEqual({
      from: 1636665132,
      to: 1636665732,
    });
    expect(acceptableTimestamps("timestamp_refused")).toBeNull();
  });
});

describe("token pairs", () => {
  it("are decoded once", () => {
    expect(parseTokenPair("oauth_token=%2FiQ%2BgQ%3D%3D&oauth_token_secret=%2FrC9%3D")).toEqual({
      token: "/iQ+gQ==",
      tokenSecret: "/rC9=",
    });
  });

  it.each([
    ["a raw plus, which decodes to a space", "oauth_token=a+b&oauth_token_secret=c"],
    ["a missing secret", "oauth_token=a"],
    ["an empty token", "oauth_token=&oauth_token_secret=c"],
    ["a page", "<html>Welcome</html>"],
  ])("are refused with %s", (_what, body) => {
    expect(parseTokenPair(body)).toBeNull();
  });

  it("survive the invalid percent-encoding of E*TRADE's own sample", () => {
    expect(parseTokenPair("oauth_token=%3TiQ&oauth_token_secret=%7Rr")).not.toBeNull();
  });
});
