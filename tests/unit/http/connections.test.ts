// One connection's routes: what programs get in their hands, and the proof for the eye.
import { Hono } from "hono";
import { beforeEach, describe, expect, it } from "vitest";
import { succeeded } from "../../../server/domain/broker-answer.ts";
import type { Account } from "../../../server/domain/connection.ts";
import { schwabPolicy } from "../../../server/domain/provider-policy.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { Caller, Env } from "../../../server/http/caller.ts";
import { connectionRoutes } from "../../../server/http/connections.ts";
import { aConnection, anApiToken, aPerson, aSession, at, aToken } from "../../support/builders.ts";
import { aTokenSet, aWorkbench, pin, type Workbench } from "../use-cases/workbench.ts";

const person: Caller = { kind: "person", person: aPerson(), session: aSession() };
const program: Caller = { kind: "machine", token: anApiToken("a-token", ["token"]), maker: null };
const schwab = "schwab-prod";

let bench: Workbench;
beforeEach(() => {
  bench = aWorkbench({ ids: ["etrade-prod", schwab] });
});

function account(accountId: string, description: string): Account {
  return { accountId, accountIdKey: "key", description };
}

async function read(caller: Caller, path: string, exportRefreshToken = false): Promise<unknown> {
  const app = new Hono<Env>()
    .use(async (c, next) => {
      c.set("caller", caller);
      c.set("deps", bench.deps);
      c.set("visible", new Map((await bench.stores.records.connections()).map((each) => [each.id, each])));
      await next();
    })
    .route("/", connectionRoutes({ linkCounts: true, exportRefreshToken }));
  return (await app.request(path)).json();
}

/** Logged in at 08:30 in New York, its access token good until nine. */
async function haveSchwab(): Promise<void> {
  const accessExpiresAt = at("2026-03-10T13:00:00Z");
  Object.assign(bench.provider(schwab), { policy: schwabPolicy() });
  await bench.stores.records.commit({
    connection: { ...aConnection({ id: schwab, provider: "schwab", token: aToken({ accessExpiresAt }) }), revision: 0 },
  });
  await bench.stores.tokens.put(schwab, {
    ...aTokenSet("v1"),
    accessTokenSecret: null,
    refreshToken: new Secret("refresh-v1"),
    accessExpiresAt,
  });
}

describe("GET /:id/token", () => {
  it("gives both halves of an OAuth 1.0a token, whose end is the login's", async () => {
    await bench.have(aConnection());
    expect(await read(program, "/etrade-prod/token")).toEqual({
      connection: "etrade-prod",
      version: 1,
      accessToken: "access-v1",
      accessTokenSecret: "secret-v1",
      issuedAt: "2026-03-10T12:30:00.000Z",
      expiresAt: "2026-03-11T04:00:00.000Z",
      reauthorizeBy: "2026-03-11T04:00:00.000Z",
      validForSeconds: (15 * 60 + 30) * 60,
    });
  });

  it("gives a bearer token with both its clocks, and keeps the refresh token here", async () => {
    await haveSchwab();
    expect(await read(program, `/${schwab}/token`)).toEqual({
      connection: schwab,
      version: 1,
      accessToken: "access-v1",
      accessTokenSecret: null,
      issuedAt: "2026-03-10T12:30:00.000Z",
      expiresAt: "2026-03-10T13:00:00.000Z",
      reauthorizeBy: "2026-03-17T12:30:00.000Z",
      validForSeconds: 30 * 60,
    });
  });

  it("gives the refresh token away only where that was asked for, and only where there is one", async () => {
    await haveSchwab();
    await bench.have(aConnection());
    expect(await read(program, `/${schwab}/token`, true)).toMatchObject({ refreshToken: "refresh-v1" });
    expect(await read(program, `/${schwab}/token`, false)).not.toHaveProperty("refreshToken");
    expect(await read(program, "/etrade-prod/token", true)).not.toHaveProperty("refreshToken");
  });

  it("is not for browsers", async () => {
    await bench.have(aConnection());
    expect(await read(person, "/etrade-prod/token")).toMatchObject({ status: 403 });
  });
});

describe("the proof", () => {
  it.each([
    ["all are there", ["••5188 Brokerage"], []],
    ["one is gone", ["••5188 Brokerage", "••0932 Roth IRA"], ["••0932 Roth IRA"]],
    ["one has another name now", ["••5188 Joint"], []],
    ["two end alike and one is gone", ["••5188 Brokerage", "••5188 IRA"], ["••5188 IRA"]],
  ])("names the pinned accounts that the token no longer opens: %s", async (_which, accounts, missing) => {
    await bench.have(aConnection({ pin: { ...pin, accounts } }));
    expect(await read(person, "/etrade-prod/accounts")).toEqual({ accounts: ["••5188 Brokerage"], missing });
  });

  it("misses nothing where nothing was pinned, and shows no number in full", async () => {
    await bench.have(aConnection());
    bench.provider().next.listAccounts.push(succeeded([account("83405188", "Brokerage"), account("1234", "")]));
    expect(await read(person, "/etrade-prod/accounts")).toEqual({
      accounts: ["••5188 Brokerage", "••1234"],
      missing: [],
    });
  });

  it("gives money and positions in the one shape of every broker", async () => {
    await bench.have(aConnection());
    expect(await read(person, "/etrade-prod/balances")).toEqual({
      balances: [{ account: "••5188 Brokerage", currency: "USD", totalValue: 1000, cash: 10, buyingPower: 10 }],
    });
    expect(await read(person, "/etrade-prod/positions")).toEqual({
      positions: [
        {
          account: "••5188 Brokerage",
          symbol: "MSFT",
          assetType: "equity",
          quantity: 2,
          averagePrice: 390,
          marketValue: 800,
          currency: "USD",
        },
      ],
    });
  });

  it("is not for programs", async () => {
    await bench.have(aConnection());
    expect(await read(program, "/etrade-prod/balances")).toMatchObject({ status: 403 });
  });
});
