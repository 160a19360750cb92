import { describe, expect, it } from "vitest";
import { practiceSchwab } from "../../../server/practice/practice-keys.ts";
import { basic, openSchwab, redirectUri, tokensOf, type SchwabAnswer } from "./schwab-trader.ts";

const error = ({ status, json }: SchwabAnswer) => [status, json["error"]];
const days = (count: number) => ({ hours: 24 * count });

describe("the exchange", () => {
  it("brings both tokens, for half an hour, and an id_token that proves nothing", async () => {
    const schwab = await openSchwab();
    const answer = await schwab.exchange(await schwab.codeFrom());
    expect(answer.json).toEqual({
      expires_in: 1800,
      token_type: "Bearer",
      scope: "api",
      refresh_token: expect.stringMatching(/@$/),
      access_token: expect.stringMatching(/^I0\.b2F1dGgyLmJkYy5zY2h3YWIuY29t\..*@$/),
      id_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
    });
  });

  it("takes a code once", async () => {
    const schwab = await openSchwab();
    const code = await schwab.codeFrom();
    expect((await schwab.exchange(code)).status).toBe(200);
    expect(error(await schwab.exchange(code))).toEqual([400, "unsupported_token_type"]);
  });

  it.each([
    [29, 200],
    [30, 400],
  ])("after %i seconds answers %i", async (seconds, status) => {
    const schwab = await openSchwab();
    const code = await schwab.codeFrom();
    schwab.later({ seconds });
    expect((await schwab.exchange(code)).status).toBe(status);
  });

  it("refuses a code whose @ is cut off or encoded twice", async () => {
    const schwab = await openSchwab();
    const code = await schwab.codeFrom();
    for (const damaged of [code.slice(0, -1), code.replace("@", "%40")])
      expect((await schwab.exchange(damaged)).status).toBe(400);
    expect((await schwab.exchange(code)).status).toBe(200);
  });

  it("spends the code where the redirect URI is another one", async () => {
    const schwab = await openSchwab();
    const code = await schwab.codeFrom();
    expect(error(await schwab.exchange(code, { redirect_uri: `${redirectUri}/` }))).toEqual([400, "invalid_request"]);
    expect((await schwab.exchange(code)).status).toBe(400);
  });

  it("ends the same person's earlier tokens at once, and nobody else's", async () => {
    const schwab = await openSchwab({ options: { offerOtherAccounts: true } });
    const [first, stranger] = [await schwab.login(), await schwab.login({ as: "somebody else" })];
    const second = await schwab.login();
    const list = async (accessToken: string) => (await schwab.get("/accounts/accountNumbers", accessToken)).status;
    expect([await list(first.accessToken), await list(second.accessToken)]).toEqual([401, 200]);
    expect(await list(stranger.accessToken)).toBe(200);
    expect((await schwab.refresh(first.refreshToken)).status).toBe(400);
    expect((await schwab.state()).logins.map(({ state }) => state)).toEqual(["replaced", "alive", "alive"]);
  });
});

it("a login after the seven days ends the access token that outlived them", async () => {
  const schwab = await openSchwab();
  const { refreshToken } = await schwab.login();
  schwab.later({ hours: 167, minutes: 45 });
  const { accessToken } = tokensOf(await schwab.refresh(refreshToken));
  schwab.later({ minutes: 20 });
  expect((await schwab.get("/accounts", accessToken)).status).toBe(200);
  await schwab.login();
  expect((await schwab.get("/accounts", accessToken)).status).toBe(401);
});

describe("the client's proof", () => {
  const { clientId, clientSecret } = practiceSchwab;

  it.each([
    ["no header", {}, undefined],
    ["a wrong secret", {}, basic(clientId, "PracticeSecret02")],
    ["a wrong key", {}, basic("SomebodyElsesAppKey0000000000001")],
    ["the secret in the body", { client_id: clientId, client_secret: clientSecret }, undefined],
    ["the secret in both", { client_secret: clientSecret }, basic()],
    ["a Bearer header", {}, "Bearer x"],
  ])("is refused with %s, and the code lives on", async (_what, form, authorization) => {
    const schwab = await openSchwab();
    const code = await schwab.codeFrom();
    const sent = { grant_type: "authorization_code", code, redirect_uri: redirectUri, ...form };
    expect(error(await schwab.token(sent, { authorization }))).toEqual([401, "invalid_client"]);
    expect((await schwab.exchange(code)).status).toBe(200);
  });

  it.each([
    [{}, {}, [400, "invalid_request"]],
    [{ grant_type: "password" }, {}, [400, "unsupported_grant_type"]],
    [{ grant_type: "refresh_token" }, {}, [400, "invalid_request"]],
    [{ grant_type: "authorization_code", code: "x" }, {}, [400, "invalid_request"]],
    [{ grant_type: "client_credentials" }, { "content-type": "text/plain" }, [400, "invalid_request"]],
  ])("with the form %j is not enough", async (form, headers, refusal) => {
    expect(error(await (await openSchwab()).token(form, headers))).toEqual(refusal);
  });
});

describe("client_credentials", () => {
  it("looks like success, lasts an hour, brings no refresh token and opens no account", async () => {
    const schwab = await openSchwab();
    const { json } = await schwab.token({ grant_type: "client_credentials" });
    expect(json).toEqual({ expires_in: 3600, token_type: "Bearer", scope: "api", access_token: expect.any(String) });
    expect((await schwab.get("/accounts/accountNumbers", String(json["access_token"]))).status).toBe(401);
  });
});

describe("the refresh", () => {
  it("without rotation returns the same refresh token and leaves the earlier access token alone", async () => {
    const schwab = await openSchwab();
    const first = await schwab.login();
    const second = tokensOf(await schwab.refresh(first.refreshToken));
    expect(second.refreshToken).toBe(first.refreshToken);
    expect(second.accessToken).not.toBe(first.accessToken);
    for (const { accessToken } of [first, second])
      expect((await schwab.get("/accounts/accountNumbers", accessToken)).status).toBe(200);
  });

  it("with rotation ends the refresh token it was made with", async () => {
    const schwab = await openSchwab();
    await schwab.control.schwab.rotation(true);
    const first = await schwab.login();
    const second = tokensOf(await schwab.refresh(first.refreshToken));
    expect((await schwab.refresh(first.refreshToken)).status).toBe(400);
    expect((await schwab.refresh(second.refreshToken)).status).toBe(200);
  });

  it.each([true, false])("never moves the seven days (rotation: %s)", async (rotation) => {
    const schwab = await openSchwab();
    await schwab.control.schwab.rotation(rotation);
    let { refreshToken } = await schwab.login();
    for (let day = 0; day < 6; day += 1) {
      schwab.later(days(1));
      ({ refreshToken } = tokensOf(await schwab.refresh(refreshToken)));
    }
    schwab.later({ hours: 23, minutes: 59, seconds: 59 });
    ({ refreshToken } = tokensOf(await schwab.refresh(refreshToken)));
    schwab.later({ seconds: 1 });
    expect((await schwab.refresh(refreshToken)).status).toBe(400);
    expect((await schwab.state()).logins).toMatchObject([
      { state: "expired", refreshes: 7, issuedAt: "2026-06-10T15:00:00Z", deadline: "2026-06-17T15:00:00Z" },
    ]);
  });

  it.each([
    ["2024", "refresh_token_authentication_error", "Exception while authenticating refresh token"],
    ["2026", "invalid_grant", "Refresh token is invalid, expired or revoked"],
  ] as const)("refuses a dead refresh token in the words of %s", async (wording, inner, words) => {
    const schwab = await openSchwab();
    await schwab.control.schwab.wording(wording);
    const answer = await schwab.refresh("made-up@");
    expect(error(answer)).toEqual([400, "unsupported_token_type"]);
    const description = String(answer.json["error_description"]);
    expect(description).toMatch(/^400 Bad Request: "\{"error_description":"/);
    const quoted = JSON.parse(description.slice(description.indexOf("{"), description.lastIndexOf("}") + 1));
    expect(quoted.error).toBe(inner);
    expect(quoted.error_description).toContain(words);
  });

  it("can come without a refresh token", async () => {
    const schwab = await openSchwab();
    const { refreshToken } = await schwab.login();
    await schwab.control.fault({ fault: "no-refresh-token", on: "refresh", times: 1 });
    expect((await schwab.refresh(refreshToken)).json).not.toHaveProperty("refresh_token");
    expect((await schwab.refresh(refreshToken)).json["refresh_token"]).toBe(refreshToken);
  });
});
