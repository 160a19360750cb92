import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "../../support/sqlite.ts";
import { basic, openSchwab } from "./schwab-trader.ts";
import { openBroker } from "./trader.ts";

describe("one more app at the practice E*TRADE", () => {
  it("logs in and is shown accounts like the first", async () => {
    const broker = await openBroker();
    const app = await broker.control.app("etrade", "prod");
    const token = await broker.login("prod", "yourself", app);
    expect((await broker.list(token)).status).toBe(200);
    expect((await broker.renew(token)).status).toBe(200);
  });

  it("has its own login: that of another app does not end it", async () => {
    const broker = await openBroker();
    const app = await broker.control.app("etrade", "prod");
    const first = await broker.login("prod");
    const second = await broker.login("prod", "yourself", app);
    expect([(await broker.list(first)).status, (await broker.list(second)).status]).toEqual([200, 200]);
    await broker.login("prod", "yourself", app);
    expect([(await broker.list(first)).status, (await broker.list(second)).status]).toEqual([200, 401]);
  });

  it("is not let in with another app's token, request token or secret", async () => {
    const broker = await openBroker();
    const app = await broker.control.app("etrade", "prod");
    const token = await broker.login("prod", "yourself", app);
    expect((await broker.list({ ...token, ...broker.keyOf("prod") })).problem).toContain("token_rejected");
    expect((await broker.list(token, "sandbox")).problem).toContain("token_rejected");
    const request = await broker.requestToken("prod", app);
    const verifier = await broker.control.accept(broker.authorizeUrl(request));
    const stolen = await broker.exchange({ ...request, ...broker.keyOf("prod") }, verifier);
    expect(stolen.problem).toContain("token_rejected");
    const forged = { ...app, consumerSecret: broker.keyOf("prod").consumerSecret };
    await expect(broker.requestToken("prod", forged)).rejects.toThrow("signature_invalid");
  });

  it("is known to the next run, with its tokens", async () => {
    const stateFile = join(temporaryDirectory(), "practice-broker.json");
    const broker = await openBroker({ stateFile });
    const app = await broker.control.app("etrade", "sandbox");
    const token = await broker.login("sandbox", "yourself", app);
    await broker.close();
    const next = await openBroker({ stateFile });
    // The address is another one, and the signature with it.
    expect((await next.list(token, "sandbox")).status).toBe(200);
  });
});

describe("one more app at the practice Schwab", () => {
  it("logs in and refreshes by itself, and not with another app's code or refresh token", async () => {
    const schwab = await openSchwab();
    const app = await schwab.control.app("schwab");
    const authorization = basic(app.consumerKey, app.consumerSecret);
    const code = async () =>
      new URL(await schwab.control.schwab.accept(schwab.authorizeUrl({ client_id: app.consumerKey }))).searchParams.get(
        "code",
      ) ?? "";
    const form = async () => ({
      grant_type: "authorization_code",
      code: await code(),
      redirect_uri: "https://127.0.0.1",
    });
    expect((await schwab.token(await form())).status).toBe(400);
    const first = await schwab.login();
    const issued = await schwab.token(await form(), { authorization });
    expect(issued.status).toBe(200);
    const refresh = { grant_type: "refresh_token", refresh_token: String(issued.json["refresh_token"]) };
    expect((await schwab.token(refresh)).status).toBe(400);
    expect((await schwab.token(refresh, { authorization })).status).toBe(200);
    expect((await schwab.refresh(first.refreshToken)).status).toBe(200);
  });
});
