// The accounts module of one environment's API: the calls that prove a token.
import { Hono } from "hono";
import type { Environment } from "../domain/connection.ts";
import { apiAnswer, apiError, bareBadRequest, garbagePage, rateLimitPage, tomcatError } from "./answers.ts";
import { parametersOutsideHeader } from "./authentication.ts";
import { accountList, accountsOf, balanceOf, portfolioOf, type CannedAccount } from "./canned-accounts.ts";
import { findFault, takeFault, type FaultName, type SpoilingFault } from "./fault.ts";
import type { PracticeBroker } from "./practice-broker.ts";
import type { AccessToken } from "./practice-records.ts";
import { receivedCall, wantsJson, type PracticeContext, type PracticeEnv } from "./received-call.ts";
import { lifeOf } from "./token-life.ts";

export function createAccountsEndpoints(broker: PracticeBroker, environment: Environment): Hono<PracticeEnv> {
  const { records, keys, now } = broker;
  const app = new Hono<PracticeEnv>();

  const endpoint = (path: string, label: string, act: (c: PracticeContext, token: AccessToken) => Response) => {
    const answer = (c: PracticeContext) =>
      broker.calls.answer(c, {
        place: "accounts",
        path: `/${environment}/v1${label}`,
        environment,
        spoil: (fault) => spoiledApi(fault, wantsJson(c)),
        act() {
          const caller = callerOf(c);
          return caller instanceof Response ? caller : act(c, caller);
        },
      });
    app.all(path, answer);
    app.all(`${path}.json`, answer);
  };

  endpoint("/accounts/list", "/accounts/list", (c, token) => {
    const view = (wanted: FaultName) =>
      takeFault(records.faults, (name) => name === wanted, "accounts", environment) !== null;
    if (view("no-accounts")) return new Response(null, { status: 204 });
    const person = view("other-accounts") ? "somebody else" : token.person;
    return apiAnswer("AccountListResponse", accountList(accountsOf(environment, person)), wantsJson(c));
  });

  endpoint("/accounts/:accountIdKey/balance", "/accounts/{accountIdKey}/balance", (c, token) => {
    // Bad arguments are answered in XML even where the client accepts only JSON.
    if (c.req.query("instType") !== "BROKERAGE")
      return apiError(400, { code: 103, message: "Please enter valid Institution Type" }, false);
    const account = accountFor(c, token);
    if (account === null) return apiError(400, unknownAccount, false);
    return apiAnswer("BalanceResponse", balanceOf(account), wantsJson(c));
  });

  endpoint("/accounts/:accountIdKey/portfolio", "/accounts/{accountIdKey}/portfolio", (c, token) => {
    const account = accountFor(c, token);
    if (account === null) return apiError(400, unknownAccount, wantsJson(c));
    const portfolio = portfolioOf(account);
    if (portfolio === null) return new Response(null, { status: 204 });
    return apiAnswer("PortfolioResponse", portfolio, wantsJson(c));
  });

  return app;

  function callerOf(c: PracticeContext): AccessToken | Response {
    const json = wantsJson(c);
    const expected = { token: "access", also: ["oauth_token"], environment } as const;
    const caller = broker.authenticate(receivedCall(c), expected, broker.signingClock("accounts", environment));
    if (!caller.ok) {
      if (caller.problem === parametersOutsideHeader) return bareBadRequest();
      if (caller.status === 405) return tomcatError(405, caller.problem);
      return apiError(caller.status, { message: `oauth_problem=${caller.problem}` }, json);
    }
    const token = records.accessTokens.get(caller.token);
    if (token === undefined) return apiError(401, { message: "oauth_problem=token_rejected" }, json);
    switch (lifeOf(token, keys[environment].lifetimeDays, now())) {
      case "active":
        token.lastCallAt = now();
        return token;
      case "inactive":
      case "expired":
        return apiError(401, { message: "oauth_problem=token_expired" }, json);
      case "revoked":
        return apiError(401, { message: "oauth_problem=token_rejected" }, json);
    }
  }

  function accountFor(c: PracticeContext, token: AccessToken): CannedAccount | null {
    const swapped = findFault(records.faults, (name) => name === "other-accounts", "accounts", environment) !== null;
    const visible = accountsOf(environment, swapped ? "somebody else" : token.person);
    return visible.find((account) => account.accountIdKey === c.req.param("accountIdKey")) ?? null;
  }
}

const unknownAccount = { code: 102, message: "Please enter valid Account Key" };

function spoiledApi(fault: SpoilingFault, json: boolean): Response {
  switch (fault) {
    case "error-500":
      return apiError(
        500,
        { code: 100, message: "The requested service is not currently available, please try after sometime." },
        json,
      );
    case "maintenance":
      return apiError(500, { code: 670, message: "Currently undergoing maintenance" }, json);
    case "rate-limit":
      return rateLimitPage();
    case "reject-key":
      return apiError(401, { message: "oauth_problem=consumer_key_rejected" }, json);
    case "html-garbage":
      return garbagePage();
  }
}
