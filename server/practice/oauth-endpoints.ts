// E*TRADE's four OAuth calls. Both environments share them; the consumer key decides.
import { Hono } from "hono";
import type { Environment } from "../domain/connection.ts";
import { bareBadRequest, formAnswer, garbagePage, rateLimitPage, textAnswer, tomcatError } from "./answers.ts";
import { parametersOutsideHeader, type Authentication, type Expected } from "./authentication.ts";
import { readAuthorizationHeader } from "./authorization-header.ts";
import type { FaultPlace, SpoilingFault } from "./fault.ts";
import type { PracticeBroker } from "./practice-broker.ts";
import { etradeAppOf } from "./practice-apps.ts";
import type { AccessToken, RequestToken } from "./practice-records.ts";
import { receivedCall, type PracticeEnv } from "./received-call.ts";
import { percentEncode, sameText } from "./signature.ts";
import { awkwardBase64, rememberAccessToken } from "./token-issue.ts";
import { isLive, lifeOf } from "./token-life.ts";

/** Wrong codes a request token forgives. */
const wrongVerifiersAllowed = 3;

type Authenticated = Authentication & { ok: true };

export function createOauthEndpoints(broker: PracticeBroker): Hono<PracticeEnv> {
  const { records, keys, now } = broker;
  const app = new Hono<PracticeEnv>();

  const endpoint = (
    name: string,
    place: FaultPlace,
    expected: Omit<Expected, "environment">,
    act: (caller: Authenticated) => Response,
  ) =>
    app.all(`/${name}`, (c) => {
      const call = receivedCall(c);
      return broker.calls.answer(c, {
        place,
        path: `/oauth/${name}`,
        environment: claimedEnvironment(call.authorization),
        spoil: spoiledOauth,
        act() {
          const environment = claimedEnvironment(call.authorization);
          const caller = broker.authenticate(
            call,
            { ...expected, environment: null },
            broker.signingClock(place, environment),
          );
          if (caller.ok) return act(caller);
          return caller.problem === parametersOutsideHeader ? bareBadRequest() : oauthProblem(caller);
        },
      });
    });

  endpoint(
    "request_token",
    "request_token",
    { token: "none", also: ["oauth_callback"] },
    ({ environment, app: name }) => {
      for (const old of records.requestTokens.values())
        if (!isLive(old, now())) records.requestTokens.delete(old.token);
      const issued: RequestToken = {
        token: awkwardBase64(),
        secret: awkwardBase64(),
        environment,
        app: name,
        issuedAt: now(),
        verifier: null,
        person: "yourself",
        wrongVerifiers: 0,
      };
      records.requestTokens.set(issued.token, issued);
      return formAnswer(`${tokenPair(issued)}&oauth_callback_confirmed=true`);
    },
  );

  endpoint("access_token", "access_token", { token: "request", also: ["oauth_token", "oauth_verifier"] }, (caller) => {
    const request = records.requestTokens.get(caller.token);
    if (request === undefined || request.verifier === null || !isLive(request, now())) return rejectedToken();
    if (!sameText(request.verifier, caller.verifier)) {
      request.wrongVerifiers += 1;
      if (request.wrongVerifiers >= wrongVerifiersAllowed) records.requestTokens.delete(request.token);
      return rejectedToken();
    }
    records.requestTokens.delete(request.token);
    if (broker.options.newLoginEndsEarlier) endEarlierTokens(request);
    const issued: AccessToken = {
      token: awkwardBase64(),
      secret: awkwardBase64(),
      environment: request.environment,
      app: request.app,
      person: request.person,
      issuedAt: now(),
      lastCallAt: now(),
      revoked: false,
    };
    rememberAccessToken(records, issued, keys, now());
    return formAnswer(tokenPair(issued));
  });

  endpoint("renew_access_token", "renew", { token: "access", also: ["oauth_token"] }, (caller) =>
    withLiveToken(caller, (token) => {
      token.lastCallAt = now();
      return textAnswer("Access Token has been renewed");
    }),
  );

  endpoint("revoke_access_token", "revoke", { token: "access", also: ["oauth_token"] }, (caller) =>
    withLiveToken(caller, (token) => {
      token.revoked = true;
      return textAnswer("Revoked Access Token");
    }),
  );

  return app;

  function withLiveToken(caller: Authenticated, act: (token: AccessToken) => Response): Response {
    const token = records.accessTokens.get(caller.token);
    if (token === undefined) return rejectedToken();
    switch (lifeOf(token, keys[token.environment].lifetimeDays, now())) {
      case "active":
      case "inactive":
        return act(token);
      case "expired":
        return tomcatError(401, "oauth_problem=token_expired");
      case "revoked":
        return rejectedToken();
    }
  }

  // E*TRADE does not say what a second login does to the first token; this is the worse of the two cases.
  function endEarlierTokens(request: RequestToken): void {
    for (const token of records.accessTokens.values())
      if (isSameApp(token, request) && token.person === request.person) token.revoked = true;
  }

  // Faults are chosen before anything is verified, so the claim has to do.
  function claimedEnvironment(authorization: string | null): Environment | null {
    const reading = readAuthorizationHeader(authorization ?? "");
    if (!reading.ok) return null;
    return etradeAppOf(keys, records, reading.parameters.get("oauth_consumer_key") ?? "")?.environment ?? null;
  }
}

function isSameApp(a: RequestToken | AccessToken, b: RequestToken | AccessToken): boolean {
  return a.environment === b.environment && a.app === b.app;
}

const rejectedToken = () => tomcatError(401, "oauth_problem=token_rejected");

function oauthProblem(refusal: Authentication & { ok: false }): Response {
  return refusal.status === 405
    ? tomcatError(405, refusal.problem)
    : tomcatError(refusal.status, `oauth_problem=${refusal.problem}`);
}

const tokenPair = ({ token, secret }: { token: string; secret: string }) =>
  `oauth_token=${percentEncode(token)}&oauth_token_secret=${percentEncode(secret)}`;

function spoiledOauth(fault: SpoilingFault): Response {
  switch (fault) {
    case "error-500":
      return tomcatError(500, "The requested service is not currently available, please try after sometime.");
    case "maintenance":
      return tomcatError(500, "Currently undergoing maintenance");
    case "rate-limit":
      return rateLimitPage();
    case "reject-key":
      return tomcatError(401, "oauth_problem=consumer_key_rejected");
    case "html-garbage":
      return garbagePage();
  }
}
