import { request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { authorizationHeader, baseString, hmac, signedParameters } from "./sign.ts";
import { answerOf, openBroker, tokenPair, type Answer, type Changes, type Trading } from "./trader.ts";

const oob = { oauth_callback: "oob" };
const requestTokenUrl = (broker: Trading) => `${broker.urls.oauthUrl}/request_token`;
const askForToken = (broker: Trading, changes: Changes = {}) =>
  broker.get(requestTokenUrl(broker), broker.keyOf("prod"), { ...oob, ...changes });
const verdict = (answer: Answer) => [answer.status, answer.problem];

describe("request_token", () => {
  it("answers with an encoded base64 pair that holds the awkward characters", async () => {
    const broker = await openBroker();
    const answer = await askForToken(broker);
    expect([answer.status, answer.type]).toEqual([200, "application/x-www-form-urlencoded"]);
    expect(answer.text).toMatch(
      /^oauth_token=[\w%.-]+%3D&oauth_token_secret=[\w%.-]+%3D&oauth_callback_confirmed=true$/,
    );
    const { token, tokenSecret } = tokenPair(answer.text);
    for (const value of [token, tokenSecret]) expect(value).toMatch(/^(?=.*\+)(?=.*\/)[\w+/]{43}=$/);
  });

  it("accepts a signed oauth_version 1.0 and a realm", async () => {
    const broker = await openBroker();
    const url = requestTokenUrl(broker);
    const changes = { ...oob, oauth_version: "1.0" };
    const header = authorizationHeader(signedParameters(url, broker.keyOf("prod"), broker.clock.now(), changes));
    const authorization = header.replace("OAuth ", 'OAuth realm="",');
    expect((await fetch(url, { headers: { authorization } })).status).toBe(200);
  });

  it.each<[what: string, changes: Changes, status: number, problem: string]>([
    [
      "a callback address",
      { oauth_callback: "https://prebell.example/callback" },
      400,
      "callback_rejected,oauth_acceptable_callback=oob",
    ],
    [
      "a missing callback",
      { oauth_callback: undefined },
      400,
      "parameter_absent,oauth_parameters_absent=oauth_callback",
    ],
    ["a missing nonce", { oauth_nonce: undefined }, 400, "parameter_absent,oauth_parameters_absent=oauth_nonce"],
    ["an empty nonce", { oauth_nonce: "" }, 400, "parameter_absent,oauth_parameters_absent=oauth_nonce"],
    [
      "a missing timestamp and key",
      { oauth_timestamp: undefined, oauth_consumer_key: undefined },
      400,
      "parameter_absent,oauth_parameters_absent=oauth_consumer_key&oauth_timestamp",
    ],
    ["PLAINTEXT", { oauth_signature_method: "PLAINTEXT" }, 400, "signature_method_rejected"],
    ["HMAC-SHA256", { oauth_signature_method: "HMAC-SHA256" }, 400, "signature_method_rejected"],
    ["version 2.0", { oauth_version: "2.0" }, 400, "version_rejected,oauth_acceptable_versions=1.0-1.0"],
    [
      "a timestamp that is no number",
      { oauth_timestamp: "noon" },
      400,
      "parameter_rejected,oauth_parameters_rejected=oauth_timestamp",
    ],
    ["a parameter it does not know", { oauth_pin: "1" }, 400, "parameter_rejected,oauth_parameters_rejected=oauth_pin"],
    ["an unknown key", { oauth_consumer_key: "somebody" }, 401, "consumer_key_unknown"],
  ])("refuses %s", async (_what, changes, status, problem) => {
    expect(verdict(await askForToken(await openBroker(), changes))).toEqual([status, problem]);
  });

  it("refuses a parameter that comes twice", async () => {
    const broker = await openBroker();
    const url = requestTokenUrl(broker);
    const parameters = signedParameters(url, broker.keyOf("prod"), broker.clock.now(), oob);
    const authorization = authorizationHeader([...parameters, ["oauth_callback", "oob"]]);
    const answer = await answerOf(await fetch(url, { headers: { authorization } }));
    expect(verdict(answer)).toEqual([400, "parameter_rejected,oauth_parameters_rejected=oauth_callback"]);
  });

  it("refuses a call without an Authorization header", async () => {
    const broker = await openBroker();
    expect(verdict(await answerOf(await fetch(requestTokenUrl(broker))))).toEqual([
      400,
      "parameter_absent,oauth_parameters_absent=oauth_consumer_key",
    ]);
  });

  it("refuses OAuth parameters in the query with a bare page", async () => {
    const broker = await openBroker();
    const parameters = signedParameters(requestTokenUrl(broker), broker.keyOf("prod"), broker.clock.now(), oob);
    const query = new URLSearchParams(parameters.map(([name, value]) => [name, value]));
    const answer = await answerOf(await fetch(`${requestTokenUrl(broker)}?${query.toString()}`));
    expect([answer.status, answer.type, answer.text]).toEqual([400, "text/html", "<b>Http/1.1 400 Bad Request</b>"]);
  });

  it("refuses a body", async () => {
    const broker = await openBroker();
    const url = requestTokenUrl(broker);
    const authorization = authorizationHeader(signedParameters(url, broker.keyOf("prod"), broker.clock.now(), oob));
    const status = await new Promise((resolve, reject) => {
      const headers = { authorization, "content-type": "application/x-www-form-urlencoded", "content-length": "3" };
      const call = httpRequest(url, { method: "GET", headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on("error", reject);
      call.end("a=b");
    });
    expect(status).toBe(400);
  });

  it.each(["POST", "HEAD", "PUT"])("refuses %s", async (method) => {
    const broker = await openBroker();
    const url = requestTokenUrl(broker);
    const authorization = authorizationHeader(signedParameters(url, broker.keyOf("prod"), broker.clock.now(), oob));
    expect((await fetch(url, { method, headers: { authorization } })).status).toBe(405);
  });

  it("answers failures with a Tomcat page even where JSON is accepted", async () => {
    const answer = await askForToken(await openBroker(), { oauth_consumer_key: "somebody" });
    expect(answer.type).toBe("text/html");
    expect(answer.text).toContain("<h1>HTTP Status 401 - oauth_problem=consumer_key_unknown</h1>");
  });
});

describe("timestamps", () => {
  const now = 1_781_103_600;

  it.each([-300, 0, 300])("accepts %i seconds", async (seconds) => {
    const answer = await askForToken(await openBroker(), { oauth_timestamp: String(now + seconds) });
    expect(answer.status).toBe(200);
  });

  it.each([-301, 301])("refuses %i seconds and says what it accepts", async (seconds) => {
    const answer = await askForToken(await openBroker(), { oauth_timestamp: String(now + seconds) });
    const problem = `timestamp_refused,oauth_acceptable_timestamps=${now - 300}-${now + 300}`;
    expect(verdict(answer)).toEqual([401, problem]);
  });
});

describe("nonces", () => {
  it("refuses the same nonce with the same timestamp, key and token", async () => {
    const broker = await openBroker();
    await askForToken(broker, { oauth_nonce: "once" });
    expect(verdict(await askForToken(broker, { oauth_nonce: "once" }))).toEqual([401, "nonce_used"]);
  });

  it("accepts the same nonce a second later, under another key and with another token", async () => {
    const broker = await openBroker();
    await askForToken(broker, { oauth_nonce: "once" });
    const token = await broker.login();
    expect((await broker.list(token, "prod", { oauth_nonce: "once" })).status).toBe(200);
    const sandbox = await broker.get(requestTokenUrl(broker), broker.keyOf("sandbox"), { ...oob, oauth_nonce: "once" });
    expect(sandbox.status).toBe(200);
    await broker.control.advance(Temporal.Duration.from({ seconds: 1 }));
    expect((await askForToken(broker, { oauth_nonce: "once" })).status).toBe(200);
  });

  it("does not use up the nonce of a call with a wrong signature", async () => {
    const broker = await openBroker();
    const wrong = { ...broker.keyOf("prod"), consumerSecret: "wrong" };
    const refused = await broker.get(requestTokenUrl(broker), wrong, { ...oob, oauth_nonce: "once" });
    expect(verdict(refused)).toEqual([401, "signature_invalid"]);
    expect((await askForToken(broker, { oauth_nonce: "once" })).status).toBe(200);
  });

  it("still knows the nonces of the last five minutes after hundreds of others", async () => {
    const broker = await openBroker();
    await askForToken(broker, { oauth_nonce: "once" });
    for (let count = 0; count < 450; count += 1) await askForToken(broker);
    expect(verdict(await askForToken(broker, { oauth_nonce: "once" }))).toEqual([401, "nonce_used"]);
  });
});

describe("signatures", () => {
  it("cover the query of an API call", async () => {
    const broker = await openBroker();
    const token = await broker.login();
    const url = `${broker.urls.prodApiUrl}/v1/accounts/JIdOIAcSpwR1Jva7RQBraQ/balance?instType=BROKERAGE&realTimeNAV=true`;
    expect((await broker.get(url, token)).status).toBe(200);
    const signedWithoutQuery = signedParameters(url.split("?")[0] ?? "", token, broker.clock.now());
    const headers = { authorization: authorizationHeader(signedWithoutQuery), accept: "application/json" };
    expect(verdict(await answerOf(await fetch(url, { headers })))).toEqual([401, "signature_invalid"]);
  });

  it("cover a query with spaces, plus signs and repeated names", async () => {
    const broker = await openBroker();
    const token = await broker.login();
    const url = `${broker.urls.prodApiUrl}/v1/accounts/list?b=x+y&b=x%20a&a=%2B%26&c=%C3%A9&d`;
    expect((await broker.get(url, token)).status).toBe(200);
  });

  it.each([
    ["the consumer secret", { consumerSecret: "wrong" }],
    ["the token secret", { tokenSecret: "wrong" }],
  ])("made with a wrong %s are refused in JSON", async (_what, wrong) => {
    const broker = await openBroker();
    const answer = await broker.list({ ...(await broker.login()), ...wrong });
    expect([answer.status, answer.text]).toEqual([401, '{"Error":{"message":"oauth_problem=signature_invalid"}}']);
  });

  it("made with the raw token secret are refused", async () => {
    const broker = await openBroker();
    const token = await broker.login();
    const url = `${broker.urls.prodApiUrl}/v1/accounts/list`;
    const parameters = signedParameters(url, token, broker.clock.now()).slice(0, -1);
    const base = baseString("GET", url, parameters);
    const encodedTwice = hmac(base, token.consumerSecret, encodeURIComponent(token.tokenSecret ?? ""));
    const authorization = authorizationHeader([...parameters, ["oauth_signature", encodedTwice]]);
    const answer = await answerOf(await fetch(url, { headers: { authorization, accept: "application/json" } }));
    expect(verdict(answer)).toEqual([401, "signature_invalid"]);
  });
});

describe("environments", () => {
  it.each([
    ["prod", "sandbox"],
    ["sandbox", "prod"],
  ] as const)("a %s token is rejected at the %s API", async (from, to) => {
    const broker = await openBroker();
    const token = await broker.login(from);
    expect(verdict(await broker.list(token, to))).toEqual([401, "token_rejected"]);
    expect((await broker.list(token, from)).status).toBe(200);
  });

  it("a token is rejected under the other environment's key", async () => {
    const broker = await openBroker();
    const token = await broker.login("sandbox");
    const mixed = { ...broker.keyOf("prod"), token: token.token ?? "", tokenSecret: token.tokenSecret ?? "" };
    expect(verdict(await broker.list(mixed))).toEqual([401, "token_rejected"]);
    expect(verdict(await broker.renew(mixed))).toEqual([401, "token_rejected"]);
  });
});
