import { describe, expect, it } from "vitest";
import { checkPin, fingerprintInput } from "../../../server/domain/account-pin.ts";
import type { Account, AccountPin } from "../../../server/domain/connection.ts";
import { at } from "../../support/builders.ts";

const anAccount = (accountId: string, description = "Brokerage"): Account => ({
  accountId,
  accountIdKey: `key-${accountId}`,
  description,
});

const aPin = (fingerprint: string, accounts = ["••5145 Brokerage"]): AccountPin => ({
  fingerprint,
  accounts,
  pinnedAt: at("2026-03-10T12:30:00Z"),
});

describe("fingerprintInput", () => {
  const accounts = [anAccount("84010429"), anAccount("83405145")];
  const input = fingerprintInput("etrade", "prod", accounts);

  it("ignores the order the broker lists accounts in, and what they are called", () => {
    expect(fingerprintInput("etrade", "prod", accounts.toReversed())).toBe(input);
    expect(fingerprintInput("etrade", "prod", [anAccount("83405145", "IRA"), anAccount("84010429")])).toBe(input);
  });

  it.each([
    ["another account", fingerprintInput("etrade", "prod", [...accounts, anAccount("1")])],
    ["a missing account", fingerprintInput("etrade", "prod", [anAccount("84010429")])],
    ["another environment", fingerprintInput("etrade", "sandbox", accounts)],
    ["another provider", fingerprintInput("schwab", "prod", accounts)],
    ["numbers run together", fingerprintInput("etrade", "prod", [anAccount("83405145,84010429")])],
  ])("differs for %s", (_case, other) => {
    expect(other).not.toBe(input);
  });
});

describe("checkPin", () => {
  it.each([
    ["first", null, aPin("a")],
    ["same", aPin("a"), aPin("a", ["••5145 Renamed"])],
    ["different", aPin("a"), aPin("b")],
    ["no-accounts", null, aPin("a", [])],
    ["no-accounts", aPin("a"), aPin("a", [])],
  ])("answers %s", (answer, pinned, offered) => {
    expect(checkPin(pinned, offered)).toBe(answer);
  });
});
