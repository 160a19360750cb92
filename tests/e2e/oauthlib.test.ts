// The real mode against an OAuth 1.0a implementation that is not ours: signatures, encodings, lifetimes of another mind.
import { beforeAll, describe, expect, it } from "vitest";
import type { AuthorizationReply, CompletionReply, KeepAliveReply } from "../../server/http/contract.ts";
import { type OauthlibServer, startOauthlibServer } from "../support/oauthlib-server.ts";
import { type Client, good, verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";

const key = "c5bb4dcb7bd6826c7c4340df3f791188";
// Characters that must be encoded in the signing key, and would not be by a careless signer.
const secret = "7d30246211+92cda43ede3/abd9b393b9&x=%20";

let broker: OauthlibServer;
let program: Program;
let client: Client;

beforeAll(async () => {
  broker = await startOauthlibServer({ [key]: secret });
  program = await startProgram({
    at: null,
    env: {
      ETRADE_PROD_CONSUMER_KEY: key,
      ETRADE_PROD_CONSUMER_SECRET: secret,
      ETRADE_OAUTH_URL: `${broker.url}/oauth`,
      ETRADE_AUTHORIZE_URL: `${broker.url}/authorize`,
      ETRADE_PROD_API_URL: broker.url,
    },
  });
  client = await program.signIn();
  await renew();
});

const connection = "/api/connections/etrade-prod";
const begin = () => good<AuthorizationReply>(client.post(`${connection}/authorizations`, { restart: true }));
const runNow = () => good<KeepAliveReply>(client.post(`${connection}/keepalive`));
const complete = (verifier: string) => client.post(`${connection}/authorizations/complete`, { verifier });

async function renew(): Promise<CompletionReply> {
  const { authorizeUrl } = await begin();
  const reply = await good<CompletionReply>(complete(await broker.accept(authorizeUrl)));
  if (reply.outcome !== "confirm-accounts") return reply;
  return good<CompletionReply>(client.post(`${connection}/authorizations/confirm-accounts`, { accept: true }));
}

describe("with oauthlib as the broker", () => {
  it("a renewal is stored and its accounts are the open ones", async () => {
    const { version } = (await client.connection("etrade-prod")).token ?? { version: 0 };
    expect(await renew()).toMatchObject({
      outcome: "stored",
      version: version + 1,
      status: { word: "active" },
      accounts: ["••4290 Brokerage"],
    });
    expect(await good(client.get(`${connection}/accounts`))).toEqual({
      accounts: ["••4290 Brokerage"],
      missing: [],
    });
  });

  it("a signed query and a path with encoded characters are accepted", async () => {
    expect(await good(client.get(`${connection}/balances`))).toEqual({
      balances: [{ account: "••4290 Brokerage", currency: "USD", totalValue: 100, cash: 12.5, buyingPower: null }],
    });
  });

  it("a wrong code is refused and the right one still works", async () => {
    const { authorizeUrl } = await begin();
    const verifier = await broker.accept(authorizeUrl);
    expect(verdict(await complete("AAAAA"))).toBe("422 verifier-rejected");
    expect(await good<CompletionReply>(complete(verifier))).toMatchObject({ outcome: "stored" });
  });

  it("a keep-alive wakes an idle token", async () => {
    expect((await runNow()).outcome).toBe("ok");
    await broker.idle();
    expect((await runNow()).outcome).toBe("revived");
    expect((await runNow()).outcome).toBe("ok");
  });

  it("a revocation ends the token there and here", async () => {
    expect((await client.delete(`${connection}/token`)).status).toBe(200);
    expect((await client.connection("etrade-prod")).status).toMatchObject({ reason: "revoked" });
    expect(await renew()).toMatchObject({ outcome: "stored" });
  });

  it("a wrong consumer secret gives no link, and is not the person's fault", async () => {
    const careless = await startProgram({
      at: null,
      env: {
        ETRADE_PROD_CONSUMER_KEY: key,
        ETRADE_PROD_CONSUMER_SECRET: "not the secret",
        ETRADE_OAUTH_URL: `${broker.url}/oauth`,
      },
    });
    const answer = await (await careless.signIn()).post(`${connection}/authorizations`);
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(answer.text).not.toContain("log in");
  });
});
