import { describe, expect, it } from "vitest";
import { parseBalance, parsePositions } from "../../../server/providers/etrade-accounts.ts";

const balance = (Computed: object | null) => JSON.stringify({ BalanceResponse: { Computed } });
const portfolio = (...Position: object[]) =>
  JSON.stringify({ PortfolioResponse: { AccountPortfolio: [{ Position }] } });

describe("E*TRADE's balances", () => {
  it("are in dollars, with the margin account's buying power before the cash account's", () => {
    const computed = {
      cashBalance: 1200.5,
      cashBuyingPower: 1100,
      marginBuyingPower: 2400,
      cashAvailableForInvestment: 1000,
    };
    expect(parseBalance(balance({ ...computed, RealTimeValues: { totalAccountValue: 9000 } }))).toEqual({
      currency: "USD",
      totalValue: 9000,
      cash: 1200.5,
      buyingPower: 2400,
    });
    expect(parseBalance(balance({ ...computed, marginBuyingPower: null }))).toMatchObject({ buyingPower: 1100 });
    expect(parseBalance(balance({ cashAvailableForInvestment: 1000 }))).toMatchObject({ buyingPower: 1000 });
  });

  it("keep the sign of borrowed money", () => {
    expect(parseBalance(balance({ cashBalance: -350 }))).toMatchObject({ cash: -350 });
  });

  it("are unknown where E*TRADE does not say", () => {
    const unknown = { currency: "USD", totalValue: null, cash: null, buyingPower: null };
    expect(parseBalance(balance(null))).toEqual(unknown);
    expect(parseBalance("<Error/>")).toBeNull();
  });
});

describe("E*TRADE's positions", () => {
  it("are positive when long and negative when short, whichever way the numbers come", () => {
    const body = portfolio(
      {
        quantity: 10,
        positionType: "LONG",
        pricePaid: 190.5,
        marketValue: 2312.5,
        Product: { symbol: "AAPL", securityType: "EQ" },
      },
      {
        quantity: 2,
        positionType: "SHORT",
        pricePaid: 1.5,
        marketValue: 300,
        Product: { symbol: "XYZ", securityType: "OPTN" },
      },
      { quantity: -3, positionType: "SHORT", marketValue: -90, Product: { symbol: "ABC", securityType: "EQ" } },
    );
    expect(parsePositions(body)).toEqual([
      { symbol: "AAPL", assetType: "equity", quantity: 10, averagePrice: 190.5, marketValue: 2312.5, currency: "USD" },
      { symbol: "XYZ", assetType: "option", quantity: -2, averagePrice: 1.5, marketValue: -300, currency: "USD" },
      { symbol: "ABC", assetType: "equity", quantity: -3, averagePrice: null, marketValue: -90, currency: "USD" },
    ]);
  });

  it.each([
    ["EQ", "equity"],
    ["OPTN", "option"],
    ["MF", "fund"],
    ["MMF", "cash"],
    ["BOND", "fixed-income"],
    ["INDX", "other"],
    ["toString", "other"],
  ])("of type %s are %s", (securityType, ours) => {
    const body = portfolio({ quantity: 1, Product: { symbol: "A", securityType } });
    expect(parsePositions(body)?.[0]?.assetType).toBe(ours);
  });

  it("are fifty at most, and named by their description where there is no product", () => {
    const many = Array.from({ length: 60 }, () => ({ quantity: 1, symbolDescription: "A FUND" }));
    const shown = parsePositions(portfolio(...many));
    expect(shown).toHaveLength(50);
    expect(shown?.[0]).toMatchObject({ symbol: "A FUND", assetType: "other", marketValue: null });
  });
});
