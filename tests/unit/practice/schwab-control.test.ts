import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openSchwab, tokensOf } from "./schwab-trader.ts";

function newStateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "practice-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "broker.json");
}

describe("the control", () => {
  it("kills a login before its time, access token and all", async () => {
    const schwab = await openSchwab();
    const { accessToken, refreshToken } = await schwab.login();
    schwab.later({ hours: 26 });
    const { accessToken: fresh } = tokensOf(await schwab.refresh(refreshToken));
    expect([await schwab.control.schwab.killLogin(), await schwab.control.schwab.killLogin()]).toEqual([1, 0]);
    for (const token of [accessToken, fresh]) expect((await schwab.get("/accounts", token)).status).toBe(401);
    expect((await schwab.refresh(refreshToken)).status).toBe(400);
    expect((await schwab.state()).logins[0]?.state).toBe("killed");
  });

  it("lapses the access token and leaves the login", async () => {
    const schwab = await openSchwab();
    const { accessToken, refreshToken } = await schwab.login();
    expect(await schwab.control.schwab.lapseAccess()).toBe(1);
    expect((await schwab.get("/accounts", accessToken)).status).toBe(401);
    expect((await schwab.refresh(refreshToken)).status).toBe(200);
  });

  it("tells logins, access tokens and calls, and no secret", async () => {
    const schwab = await openSchwab();
    const { accessToken, refreshToken } = await schwab.login({ accounts: ["41728305"] });
    await schwab.refresh(refreshToken);
    await schwab.get("/accounts", accessToken);
    const state = await schwab.control.state();
    const login = state.schwab.logins[0]?.id;
    expect(state.schwab).toMatchObject({
      logins: [{ person: "yourself", accounts: ["8305"], state: "alive", refreshes: 1 }],
      accessTokens: [
        { login, state: "active", expiresAt: "2026-06-10T15:30:00Z" },
        { login, state: "active" },
      ],
    });
    expect(state.calls).toEqual({
      "/schwab/v1/oauth/authorize": 3,
      "/schwab/v1/oauth/token": 2,
      "/schwab/trader/v1/accounts": 1,
    });
    for (const secret of [accessToken, refreshToken, "41728305"]) expect(JSON.stringify(state)).not.toContain(secret);
  });
});

describe("the state file", () => {
  it("keeps codes, logins, tokens and switches over a kill", async () => {
    const stateFile = newStateFile();
    const first = await openSchwab({ stateFile });
    await first.control.schwab.rotation(true);
    await first.control.schwab.wording("2024");
    await first.control.schwab.redirectUri("https://prebell.example/callback/schwab");
    const code = await first.codeFrom();
    const second = await openSchwab({ stateFile });
    const tokens = tokensOf(await second.exchange(code));
    const third = await openSchwab({ stateFile });
    expect(await third.state()).toEqual(await second.state());
    expect((await third.state()).redirectUris).toContain("https://prebell.example/callback/schwab");
    expect((await third.get("/accounts", tokens.accessToken)).status).toBe(200);
    expect(tokensOf(await third.refresh(tokens.refreshToken)).refreshToken).not.toBe(tokens.refreshToken);
    expect((await third.refresh(tokens.refreshToken)).text).toContain("refresh_token_authentication_error");
  });

  it("from before Schwab was practised is understood", async () => {
    const stateFile = newStateFile();
    await (await openSchwab({ stateFile })).control.clear();
    const { schwab: _left, ...earlier } = JSON.parse(readFileSync(stateFile, "utf8"));
    writeFileSync(stateFile, JSON.stringify(earlier));
    expect((await (await openSchwab({ stateFile })).state()).logins).toEqual([]);
  });

  it("stays small however often one logs in and refreshes", async () => {
    const stateFile = newStateFile();
    const schwab = await openSchwab({ stateFile });
    for (let round = 0; round < 30; round += 1) {
      const { refreshToken } = await schwab.login();
      for (let call = 0; call < 3; call += 1) await schwab.refresh(refreshToken);
    }
    expect(statSync(stateFile).size).toBeLessThan(25_000);
    expect((await schwab.state()).logins.at(-1)?.state).toBe("alive");
  });
});
