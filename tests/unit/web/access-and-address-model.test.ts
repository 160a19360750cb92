import { describe, expect, it } from "vitest";
import { accessOf, refreshes } from "../../../web/src/access-model.ts";
import { isCodeAddress, isPlausibleAnswer, secondsLeft } from "../../../web/src/address-model.ts";
import { byAccount } from "../../../web/src/proof-model.ts";
import { aConnection, scenarios } from "../../support/web-scenarios.ts";

const schwab = () => {
  const [connection] = scenarios["schwab"]?.status.connections ?? [];
  if (connection === undefined) throw new Error("No connection with two clocks.");
  return connection;
};
const noon = Date.parse("2026-11-20T17:04:00Z");

describe("accessOf", () => {
  it("is the access token's own clock, apart from the login's", () => {
    expect(accessOf(schwab(), noon)).toEqual({ ms: 21 * 60_000, bySelf: true });
    expect(refreshes(schwab())).toBe(true);
  });

  it("promises no refresh before its end when the next one comes after it", () => {
    const { keepAlive } = schwab();
    const tomorrow = { ...schwab(), keepAlive: { ...keepAlive, nextCallAt: "2026-11-23T14:20:00Z" } };
    expect(accessOf(tomorrow, noon)?.bySelf).toBe(false);
    expect(accessOf({ ...tomorrow, keepAlive: { ...keepAlive, nextCallAt: null } }, noon)?.bySelf).toBe(false);
  });

  it("stands at zero once it lapsed", () => {
    expect(accessOf(schwab(), Date.parse("2026-11-20T18:00:00Z"))?.ms).toBe(0);
  });

  it("does not exist where the token lives as long as the login, nor once the login is over", () => {
    expect(accessOf(aConnection(), noon)).toBeNull();
    const dead = { ...schwab(), status: { ...schwab().status, expiresAt: null } };
    expect(accessOf(dead, noon)).toBeNull();
    expect(refreshes(aConnection({ token: null }))).toBe(false);
  });
});

describe("isCodeAddress", () => {
  it.each([
    ["https://127.0.0.1/?code=C0.abc%40&session=x&state=y", true],
    [" https://127.0.0.1:8182/callback?session=x&code=C0.abc%40\n", true],
    ["https://127.0.0.1/", false],
    ["C0.abc%40", false],
    ["see https://127.0.0.1/?code=C0.abc", false],
    ["https://127.0.0.1/?decode=C0.abc", false],
  ])("sends %j by itself: %s", (text, sure) => {
    expect(isCodeAddress(text)).toBe(sure);
  });
});

describe("isPlausibleAnswer", () => {
  it("lets the address or the code alone be sent, in whatever case", () => {
    expect(isPlausibleAnswer("C0.b2F1dGg.Qr7%40")).toBe(true);
    expect(isPlausibleAnswer("   code=  ")).toBe(false);
  });
});

describe("secondsLeft", () => {
  it("counts thirty seconds from the return, and no further than zero", () => {
    expect([0, 500, 29_001, 30_000, 99_000].map((later) => secondsLeft(noon, noon + later))).toEqual([30, 30, 1, 0, 0]);
  });

  it("counts nothing before the return", () => {
    expect(secondsLeft(null, noon)).toBeNull();
  });
});

describe("byAccount", () => {
  it("keeps the broker's order of accounts and of what is in them", () => {
    const rows = ["b1", "a1", "b2"].map((symbol) => ({ account: symbol.slice(0, 1), symbol }));
    expect(byAccount(rows).map(([account, own]) => [account, ...own.map(({ symbol }) => symbol)])).toEqual([
      ["b", "b1", "b2"],
      ["a", "a1"],
    ]);
  });
});
