// The part of Schwab's Trader API that proves a token: account numbers, accounts with positions, preferences.
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { PracticeContext, PracticeEnv } from "./received-call.ts";
import { hashValueOf, schwabAccountsOf, type SchwabAccount } from "./schwab-accounts.ts";
import { serviceError, spoiledSchwab } from "./schwab-answers.ts";
import { accountBody, accountNumbersBody, userPreferenceBody } from "./schwab-bodies.ts";
import type { SchwabBroker } from "./schwab-broker.ts";
import type { SchwabLogin } from "./schwab-records.ts";

const correlationHeader = "Schwab-Client-CorrelId";

export function createSchwabAccountsEndpoints(broker: SchwabBroker): Hono<PracticeEnv> {
  const { records } = broker;
  const app = new Hono<PracticeEnv>();

  app.use(async (c, next) => {
    await next();
    // The edge and what hangs at it answer before Schwab's own servers have heard of the call.
    if (c.res.headers.get("content-type")?.startsWith("application/json") === true)
      c.header(correlationHeader, c.req.header(correlationHeader) ?? randomUUID());
  });

  const endpoint = (
    path: string,
    label: string,
    act: (c: PracticeContext, visible: () => readonly SchwabAccount[], login: SchwabLogin) => Response,
  ) =>
    app.all(path, (c) =>
      broker.calls.answer(c, {
        place: "accounts",
        path: `/schwab/trader/v1${label}`,
        environment: null,
        spoil: (fault) => spoiledSchwab(fault, "api", c.req.url),
        act() {
          if (c.req.method !== "GET") return serviceError(405, "Method Not Allowed");
          const login = callerOf(c);
          return login instanceof Response ? login : act(c, () => visibleTo(login), login);
        },
      }),
    );

  endpoint("/accounts/accountNumbers", "/accounts/accountNumbers", (_c, visible) => {
    const body = accountNumbersBody(visible());
    // The call that proves a token uses the fault up; the others only look.
    broker.take("other-accounts", "accounts");
    broker.take("no-accounts", "accounts");
    return Response.json(body);
  });

  endpoint("/accounts", "/accounts", (c, visible) =>
    withFields(c, (withPositions) => Response.json(visible().map((account) => accountBody(account, withPositions)))),
  );

  endpoint("/accounts/:hash", "/accounts/{hash}", (c, visible) =>
    withFields(c, (withPositions) => {
      const hash = c.req.param("hash") ?? "";
      if (/^\d{1,12}$/.test(hash))
        return serviceError(400, "Invalid account number", [
          "Account numbers in plain text cannot be used outside of headers or request/response bodies.",
        ]);
      const account = visible().find((one) => hashValueOf(one) === hash);
      if (account === undefined) return serviceError(404, "Account not found");
      return Response.json(accountBody(account, withPositions));
    }),
  );

  endpoint("/userPreference", "/userPreference", (_c, visible) => Response.json(userPreferenceBody(visible())));

  return app;

  function callerOf(c: PracticeContext): SchwabLogin | Response {
    const sent = /^Bearer (\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
    const token = sent === undefined ? undefined : records.accessTokens.get(sent);
    const login = records.logins.get(token?.login ?? "");
    if (token === undefined || login === undefined || broker.accessLifeOf(token) !== "active")
      return serviceError(401, "Unauthorized", [
        "The access token is missing, invalid or expired, or opens no account.",
      ]);
    return login;
  }

  /** Only what was ticked: an account opened later needs a new consent. */
  function visibleTo(login: SchwabLogin): readonly SchwabAccount[] {
    if (broker.isSet("no-accounts", "accounts")) return [];
    if (broker.isSet("other-accounts", "accounts")) return schwabAccountsOf("somebody else");
    return schwabAccountsOf(login.person).filter(({ accountNumber }) => login.accounts.includes(accountNumber));
  }
}

function withFields(c: PracticeContext, act: (withPositions: boolean) => Response): Response {
  const fields = c.req.query("fields");
  if (fields !== undefined && fields !== "positions") return serviceError(400, "Invalid fields value", [fields]);
  return act(fields === "positions");
}
