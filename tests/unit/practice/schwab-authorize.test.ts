import { describe, expect, it } from "vitest";
import { openSchwab, redirectUri } from "./schwab-trader.ts";

describe("the way back to the app", () => {
  it("carries a code that ends in %40, a session and the state as it was", async () => {
    const schwab = await openSchwab();
    const callback = await schwab.control.schwab.accept(schwab.authorizeUrl());
    expect(callback).toMatch(
      /^https:\/\/127\.0\.0\.1\/\?code=C0\.b2F1dGgyLmJkYy5zY2h3YWIuY29t\.[\w-]+%40&session=[\da-f-]{36}&state=st%2Fate%2B1$/,
    );
  });

  it("has no state where the app sent none, and takes a missing response_type for code", async () => {
    const schwab = await openSchwab();
    const asked = schwab.authorizeUrl({ state: undefined, response_type: undefined });
    expect(await schwab.control.schwab.accept(asked)).not.toContain("state");
  });

  it("brings no code from a Cancel", async () => {
    const schwab = await openSchwab();
    const callback = await schwab.control.schwab.accept(schwab.authorizeUrl(), { decision: "cancel" });
    expect(callback).toBe("https://127.0.0.1/?error=access_denied&state=st%2Fate%2B1");
    expect((await schwab.state()).codes).toBe(0);
  });

  it.each(["an option", "the control"])("leads to an http address that was registered through %s", async (through) => {
    const own = "http://127.0.0.1:8080/callback/schwab";
    const schwab = await openSchwab(through === "an option" ? { options: { redirectUris: [own] } } : {});
    if (through === "the control") await schwab.control.schwab.redirectUri(own);
    const callback = await schwab.control.schwab.accept(schwab.authorizeUrl({ redirect_uri: own }));
    expect(callback).toMatch(/^http:\/\/127\.0\.0\.1:8080\/callback\/schwab\?code=/);
  });
});

describe("the authorize page", () => {
  it("only shows at a GET", async () => {
    const schwab = await openSchwab();
    for (let look = 0; look < 3; look += 1) expect((await schwab.page()).status).toBe(200);
    expect(await schwab.state()).toMatchObject({ codes: 0, logins: [] });
  });

  it.each([
    `${redirectUri}/`,
    "HTTPS://127.0.0.1",
    "https://127.0.0.1:8182",
    "https://127.0.0.1:8182/callback/",
    "https://localhost",
    "http://127.0.0.1:8080/callback/schwab",
  ])("denies access to the redirect URI %s", async (uri) => {
    const answer = await (await openSchwab()).page({ redirect_uri: uri });
    expect([answer.status, answer.type]).toEqual([403, "text/html"]);
    expect(answer.text).toContain("Access Denied");
  });

  it.each([
    [{ client_id: "SomebodyElsesAppKey0000000000001" }, 401],
    [{ client_id: undefined }, 400],
    [{ redirect_uri: undefined }, 400],
    [{ response_type: "token" }, 400],
  ])("answers %j with a page, never with a redirect", async (changes, status) => {
    const answer = await (await openSchwab()).page(changes);
    expect([answer.status, answer.type, answer.headers.get("location")]).toEqual([status, "text/html", null]);
  });

  it("checks again what the form says", async () => {
    const schwab = await openSchwab();
    const body = new URLSearchParams({ client_id: "x", redirect_uri: "https://evil.example", decision: "done" });
    const response = await fetch(`${schwab.urls.schwabOauthUrl}/authorize`, {
      method: "POST",
      body,
      redirect: "manual",
    });
    expect([response.status, response.headers.get("location")]).toEqual([401, null]);
  });

  it("shows what the app sent as text, not as markup", async () => {
    const schwab = await openSchwab();
    const state = '"><script>alert(1)</script>';
    expect((await schwab.page({ state })).text).not.toContain("<script>alert");
    const callback = await schwab.control.schwab.accept(schwab.authorizeUrl({ state }));
    expect(new URL(callback).searchParams.get("state")).toBe(state);
  });

  it("insists on an account, and on one's own", async () => {
    const schwab = await openSchwab();
    const accept = (accounts: string[]) => schwab.control.schwab.accept(schwab.authorizeUrl(), { accounts });
    await expect(accept([])).rejects.toThrow("Tick at least one account");
    await expect(accept(["58810263"])).rejects.toThrow("not yours");
  });

  it("lets somebody else log in only where that is offered", async () => {
    const [closed, open] = [await openSchwab(), await openSchwab({ options: { offerOtherAccounts: true } })];
    await expect(closed.codeFrom({ as: "somebody else" })).rejects.toThrow("Nobody else can log in");
    const { accessToken } = await open.login({ as: "somebody else" });
    expect((await open.get("/accounts/accountNumbers", accessToken)).text).toContain("58810263");
  });
});
