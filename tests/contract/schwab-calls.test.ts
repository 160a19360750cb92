// What Schwab gets to see of us, and what we make of answers no other broker gives.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TokenSet } from "../../server/domain/connection.ts";
import { schwabPolicy } from "../../server/domain/provider-policy.ts";
import { Secret } from "../../server/domain/secret.ts";
import { createSchwab, type SchwabSettings } from "../../server/providers/schwab.ts";
import type { BrokerTrace } from "../../server/providers/schwab-api.ts";
import { type ScriptedServer, startScriptedServer } from "../support/scripted-server.ts";

const now = Temporal.Instant.from("2026-03-10T16:00:00Z");
const app = { clientId: "0123456789abcdefghijklmnopqrstuv", clientSecret: "secretsecret1234" };
const tokens = {
  expires_in: 1800,
  token_type: "Bearer",
  scope: "api",
  refresh_token: "refresh-2@",
  access_token: "I0.access-2@",
  id_token: "not.a.jwt",
};
const tokenSet: TokenSet = {
  accessToken: new Secret("I0.access-1@"),
  accessTokenSecret: null,
  refreshToken: new Secret("refresh-1@"),
  accessExpiresAt: now,
  startedAt: now,
  issuedAt: now,
  verifiedAt: now,
};

describe("Schwab's calls", () => {
  let server: ScriptedServer;
  let traces: BrokerTrace[];
  let pauses: number[];

  beforeEach(async () => {
    server = await startScriptedServer();
    [traces, pauses] = [[], []];
  });
  afterEach(() => server.close());

  function schwab(changes: Partial<SchwabSettings> = {}) {
    return createSchwab({
      identity: { id: "schwab-prod", provider: "schwab", environment: "prod" },
      policy: schwabPolicy(),
      ceremony: "verifier",
      clientId: new Secret(app.clientId),
      clientSecret: new Secret(app.clientSecret),
      redirectUri: "https://127.0.0.1",
      oauthUrl: `${server.url}/v1/oauth`,
      apiUrl: server.url,
      clock: () => now,
      state: () => "the-state",
      trace: (call) => traces.push(call),
      pause: async (milliseconds) => void pauses.push(milliseconds),
      ...changes,
    });
  }
  const exchange = () => schwab().exchange(new Secret("the-state"), new Secret(""), new Secret("C0.abc.def@"));
  const refresh = () => {
    const { renewal } = schwab();
    if (renewal.kind !== "refresh") throw new Error("Schwab refreshes");
    return renewal.refresh(tokenSet);
  };

  it("send the person to a link with the state, and ask nobody for it", async () => {
    const begun = await schwab().beginAuthorization();
    if (!begun.ok) throw new Error("no link");
    const link = new URL(begun.value.authorizeUrl);
    expect(link.origin + link.pathname).toBe(`${server.url}/v1/oauth/authorize`);
    expect(Object.fromEntries(link.searchParams)).toEqual({
      response_type: "code",
      client_id: app.clientId,
      redirect_uri: "https://127.0.0.1",
      scope: "api",
      state: "the-state",
    });
    expect(begun.value.requestToken.reveal()).toBe("the-state");
    expect(server.requests).toEqual([]);
  });

  it("exchange a code once, with the secret in the header and the @ encoded", async () => {
    server.answerWith({ body: tokens, headers: { "Schwab-Client-CorrelId": "f00d" } });
    const answer = await exchange();
    expect(answer.ok && { ...answer.value, accessToken: answer.value.accessToken.reveal() }).toMatchObject({
      accessToken: "I0.access-2@",
      accessTokenSecret: null,
      accessExpiresAt: now.add({ minutes: 30 }),
    });
    expect(answer.ok && answer.value.refreshToken?.reveal()).toBe("refresh-2@");
    const [request] = server.requests;
    expect([request?.method, request?.path, server.requests.length]).toEqual(["POST", "/v1/oauth/token", 1]);
    expect(request?.headers.get("authorization")).toBe(`Basic ${btoa(`${app.clientId}:${app.clientSecret}`)}`);
    expect(request?.headers.get("user-agent")).toBe("prebell");
    expect(request?.body.split("&").toSorted()).toEqual([
      "code=C0.abc.def%40",
      "grant_type=authorization_code",
      "redirect_uri=https%3A%2F%2F127.0.0.1",
    ]);
    expect(traces).toEqual([{ call: "access-token", httpStatus: 200, correlationId: "f00d" }]);
  });

  it("never take a token without a refresh token from a login", async () => {
    const { refresh_token: _missing, ...clientCredentials } = tokens;
    server.answerWith({ body: { ...clientCredentials, expires_in: 3600 } });
    expect(await exchange()).toEqual({
      ok: false,
      failure: { kind: "misconfigured", reason: "refresh-token-missing", httpStatus: 200 },
    });
  });

  it("refresh with the refresh token alone, and keep the one that comes back", async () => {
    server.answerWith({ body: tokens });
    const answer = await refresh();
    expect(answer.ok && answer.value.refreshToken?.reveal()).toBe("refresh-2@");
    expect(server.requests[0]?.body.split("&").toSorted()).toEqual([
      "grant_type=refresh_token",
      "refresh_token=refresh-1%40",
    ]);
    expect(traces).toEqual([{ call: "refresh", httpStatus: 200, correlationId: null }]);
  });

  it("carry the old refresh token over where none comes back", async () => {
    const { refresh_token: _missing, ...without } = tokens;
    const text = JSON.stringify(without);
    server.answerWith(
      { body: without },
      { body: { ...tokens, refresh_token: null } },
      { body: { ...tokens, refresh_token: "" } },
      { body: text, headers: { "content-type": "text/plain" } },
    );
    for (let times = 0; times < 4; times += 1) {
      const answer = await refresh();
      expect(answer.ok && answer.value.refreshToken?.reveal()).toBe("refresh-1@");
    }
  });

  it("count the access token's life from before the call, by what Schwab says or else by the rule", async () => {
    const { expires_in: _unsaid, ...unsaid } = tokens;
    server.answerWith(
      { body: { ...tokens, expires_in: "600" } },
      { body: unsaid },
      { body: { ...tokens, expires_in: 1e12 } },
    );
    const lives: (number | undefined)[] = [];
    for (let times = 0; times < 3; times += 1) {
      const answer = await refresh();
      lives.push(answer.ok ? answer.value.accessExpiresAt?.since(now).total("minutes") : undefined);
    }
    expect(lives).toEqual([10, 30, 24 * 60]);
  });

  it.each([
    [
      400,
      { error: "unsupported_token_type", error_description: '400: "{"error":"refresh_token_authentication_error"}"' },
      "needs-person",
      "refresh-token-rejected",
    ],
    [401, { error: "invalid_client" }, "misconfigured", "consumer-key-rejected"],
    [403, "<HTML>Access Denied</HTML>", "transient", "gateway-refused"],
    [429, "Rate Limit Exceeded", "rate-limited", "rate-limited"],
    [500, { fault: { faultstring: "Body buffer overflow" } }, "transient", "server-error"],
    [200, "<html>hello</html>", "transient", "unexpected-answer"],
    [200, { access_token: "only" }, "transient", "unexpected-answer"],
    [200, "null", "transient", "unexpected-answer"],
    [204, "", "transient", "unexpected-answer"],
    [302, "", "transient", "unexpected-answer"],
  ])("read a refresh answered %i %j as %s: %s, without asking again", async (status, body, kind, reason) => {
    server.answerWith({ status, body });
    expect(await refresh()).toEqual({ ok: false, failure: { kind, reason, httpStatus: status } });
    expect(server.requests).toHaveLength(1);
  });

  it("show the API an access token and a name for the call, and tell Schwab's own", async () => {
    server.answerWith({ body: [], headers: { "Schwab-Client-CorrelId": "beef" } });
    expect(await schwab().listAccounts(tokenSet)).toEqual({ ok: true, value: [] });
    const [request] = server.requests;
    expect([request?.method, request?.path]).toEqual(["GET", "/trader/v1/accounts/accountNumbers"]);
    expect(request?.headers.get("authorization")).toBe("Bearer I0.access-1@");
    expect(request?.headers.get("schwab-client-correlid")).toMatch(/^[0-9a-f-]{36}$/);
    expect(traces).toEqual([{ call: "accounts-list", httpStatus: 200, correlationId: "beef" }]);
  });

  it("name an account by its hash, encoded", async () => {
    const account = { accountId: "1", accountIdKey: "A/B+", description: "" };
    server.answerWith({ body: { securitiesAccount: {} } }, { body: { securitiesAccount: {} } });
    await schwab().balance(tokenSet, account);
    await schwab().positions(tokenSet, account);
    expect(server.requests.map(({ path }) => path)).toEqual([
      "/trader/v1/accounts/A%2FB%2B",
      "/trader/v1/accounts/A%2FB%2B?fields=positions",
    ]);
  });

  it("ask again a little later where there were too many", async () => {
    server.answerWith({ status: 429, headers: { "Retry-After": "2" } }, { status: 429 }, { body: [] });
    expect(await schwab().listAccounts(tokenSet)).toEqual({ ok: true, value: [] });
    expect(pauses[0]).toBeGreaterThanOrEqual(2250);
    expect(pauses).toHaveLength(2);
  });

  it("give up after the third, and at once where Schwab asks for more patience than that", async () => {
    server.answerWith({ status: 429 }, { status: 429 }, { status: 429 });
    expect(await schwab().listAccounts(tokenSet)).toMatchObject({ failure: { kind: "rate-limited" } });
    expect([server.requests.length, pauses.length]).toEqual([3, 2]);
    server.answerWith({ status: 429, headers: { "Retry-After": "60" } });
    expect(await schwab().listAccounts(tokenSet)).toMatchObject({ failure: { kind: "rate-limited" } });
    expect([server.requests.length, pauses.length]).toEqual([4, 2]);
  });

  it.each([
    [401, { message: "Unauthorized" }, "needs-person", "token-rejected"],
    [403, "<HTML>Access Denied</HTML>", "transient", "gateway-refused"],
    [500, { message: "oops" }, "transient", "server-error"],
    [200, "<html>hello</html>", "transient", "unexpected-answer"],
  ])("read an API answer of %i %j as %s: %s, without asking again", async (status, body, kind, reason) => {
    server.answerWith({ status, body });
    expect(await schwab().listAccounts(tokenSet)).toMatchObject({ ok: false, failure: { kind, reason } });
    expect(server.requests).toHaveLength(1);
  });

  it("say so where nobody answers", async () => {
    const lost = schwab({ oauthUrl: "http://127.0.0.1:1/v1/oauth", apiUrl: "http://127.0.0.1:1" });
    expect(await lost.listAccounts(tokenSet)).toMatchObject({ failure: { kind: "transient", reason: "unreachable" } });
    expect(await lost.exchange(new Secret("s"), new Secret(""), new Secret("C0.abc.def@"))).toMatchObject({
      failure: { kind: "transient", reason: "unreachable" },
    });
    expect(await lost.readClock()).toBeNull();
    expect(traces.map(({ httpStatus }) => httpStatus)).toEqual([null, null]);
  });

  it.each([
    ["SCHWAB_CLIENT_ID", { clientId: new Secret(`${app.clientId} `) }],
    ["SCHWAB_CLIENT_SECRET", { clientSecret: new Secret('"quoted"') }],
    ["SCHWAB_CLIENT_SECRET", { clientSecret: new Secret("") }],
  ])("are not made with a %s that can't be one", (variable, changes) => {
    expect(() => schwab(changes)).toThrow(new RegExp(`^${variable} has to be letters and digits`));
  });
});
