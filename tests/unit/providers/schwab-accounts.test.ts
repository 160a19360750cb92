import { describe, expect, it } from "vitest";
import {
  parseAccountNumbers,
  parseSchwabBalance,
  parseSchwabPositions,
} from "../../../server/providers/schwab-accounts.ts";

const account = (securitiesAccount: object, rest: object = {}) => JSON.stringify({ securitiesAccount, ...rest });
const positions = (...held: object[]) => account({ type: "MARGIN", positions: held });

describe("Schwab's account numbers", () => {
  it("are known to the API by their hashes", () => {
    const body = JSON.stringify([
      { accountNumber: "12345678", hashValue: "ABC123HASH" },
      { accountNumber: 87654321, hashValue: "DEF", added: "later" },
    ]);
    expect(parseAccountNumbers(body)).toEqual([
      { accountId: "12345678", accountIdKey: "ABC123HASH", description: "" },
      { accountId: "87654321", accountIdKey: "DEF", description: "" },
    ]);
  });

  it("may be none", () => {
    expect(parseAccountNumbers("[]")).toEqual([]);
  });

  it.each([
    "",
    "<html>",
    "{}",
    '[{"hashValue":"ABC"}]',
    '[{"accountNumber":"1"}]',
    '[{"accountNumber":"","hashValue":"A"}]',
  ])("are not %j", (body) => {
    expect(parseAccountNumbers(body)).toBeNull();
  });
});

describe("Schwab's balances", () => {
  it("are a margin account's", () => {
    const body = account({
      type: "MARGIN",
      currentBalances: {
        liquidationValue: 9000.5,
        equity: 8000,
        cashBalance: 120.25,
        marginBalance: 0,
        buyingPower: 4000,
        isInCall: false,
      },
      initialBalances: { liquidationValue: 1, cashBalance: 2 },
    });
    expect(parseSchwabBalance(body)).toEqual({ currency: "USD", totalValue: 9000.5, cash: 120.25, buyingPower: 4000 });
  });

  it("count borrowed money against the cash", () => {
    const body = account({ currentBalances: { equity: 5000, cashBalance: 0, marginBalance: -1500, buyingPower: 100 } });
    expect(parseSchwabBalance(body)).toEqual({ currency: "USD", totalValue: 5000, cash: -1500, buyingPower: 100 });
    const documented = account({
      currentBalances: { equity: 5000, marginBalance: -1500 },
      initialBalances: { cashBalance: 7 },
    });
    expect(parseSchwabBalance(documented)).toMatchObject({ cash: -1500 });
  });

  it("are a cash account's", () => {
    const body = account(
      { type: "CASH", currentBalances: { totalCash: 1561.98, cashAvailableForTrading: 1500, unsettledCash: 61.98 } },
      { aggregatedBalance: { currentLiquidationValue: 8566.46 } },
    );
    expect(parseSchwabBalance(body)).toEqual({
      currency: "USD",
      totalValue: 8566.46,
      cash: 1561.98,
      buyingPower: 1500,
    });
  });

  it("are this morning's where nothing newer is said", () => {
    const body = account({ type: "CASH", initialBalances: { accountValue: 100, cashBalance: 40 } });
    expect(parseSchwabBalance(body)).toEqual({ currency: "USD", totalValue: 100, cash: 40, buyingPower: null });
  });

  it("are unknown where Schwab says nothing, or something else than a number", () => {
    const unknown = { currency: "USD", totalValue: null, cash: null, buyingPower: null };
    expect(parseSchwabBalance(account({ type: "CASH" }))).toEqual(unknown);
    expect(parseSchwabBalance(account({ currentBalances: { equity: "NaN", cashBalance: null } }))).toEqual(unknown);
    expect(parseSchwabBalance(account({ currentBalances: [] }, { aggregatedBalance: 7 }))).toEqual(unknown);
  });

  it.each(["", "<html>", "[]", '{"message":"no"}'])("are not %j", (body) => {
    expect(parseSchwabBalance(body)).toBeNull();
  });
});

describe("Schwab's positions", () => {
  it("are positive when long and negative when short", () => {
    const body = positions(
      {
        longQuantity: 10,
        shortQuantity: 0,
        averagePrice: 190.5,
        marketValue: 2312.5,
        instrument: { assetType: "EQUITY", symbol: "AAPL" },
      },
      {
        longQuantity: 0,
        shortQuantity: 2,
        averagePrice: 1.48,
        marketValue: -300,
        instrument: { assetType: "OPTION", symbol: "CAVA  240628C00100000" },
      },
      { shortQuantity: 5, marketValue: 50, instrument: { assetType: "EQUITY", symbol: "XYZ" } },
    );
    expect(parseSchwabPositions(body)).toEqual([
      { symbol: "AAPL", assetType: "equity", quantity: 10, averagePrice: 190.5, marketValue: 2312.5, currency: "USD" },
      {
        symbol: "CAVA  240628C00100000",
        assetType: "option",
        quantity: -2,
        averagePrice: 1.48,
        marketValue: -300,
        currency: "USD",
      },
      { symbol: "XYZ", assetType: "equity", quantity: -5, averagePrice: null, marketValue: -50, currency: "USD" },
    ]);
  });

  it.each([
    ["EQUITY", "equity"],
    ["COLLECTIVE_INVESTMENT", "equity"],
    ["OPTION", "option"],
    ["MUTUAL_FUND", "fund"],
    ["FIXED_INCOME", "fixed-income"],
    ["CASH_EQUIVALENT", "cash"],
    ["CURRENCY", "cash"],
    ["INDEX", "other"],
    ["constructor", "other"],
  ])("of type %s are %s", (assetType, ours) => {
    expect(parseSchwabPositions(positions({ longQuantity: 1, instrument: { assetType } }))?.[0]?.assetType).toBe(ours);
  });

  it("are still shown where parts are missing, and left out once closed", () => {
    const body = positions(
      { longQuantity: 1, instrument: { description: "A FUND", symbol: null } },
      { longQuantity: 1, averagePrice: "?" },
      { longQuantity: 0, shortQuantity: 0, instrument: { symbol: "SOLD" } },
    );
    expect(parseSchwabPositions(body)?.map(({ symbol }) => symbol)).toEqual(["A FUND", ""]);
  });

  it("are none where the account holds none, and fifty at most", () => {
    expect(parseSchwabPositions(account({ type: "CASH" }))).toEqual([]);
    expect(parseSchwabPositions(positions(...Array.from({ length: 60 }, () => ({ longQuantity: 1 }))))).toHaveLength(
      50,
    );
  });

  it.each(["", "<html>", "[]", '{"securitiesAccount":{"positions":[{"longQuantity":"1"}]}}'])("are not %j", (body) => {
    expect(parseSchwabPositions(body)).toBeNull();
  });
});
