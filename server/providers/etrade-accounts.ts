// Reads E*TRADE's account documents (apisb.etrade.com/docs/api/account). Pure. Null means: not what the documentation shows.
import { z } from "zod";
import type { Account } from "../domain/connection.ts";
import type { AccountBalance, Position } from "../ports.ts";

/** Lists come as an array or, with one member, as the member itself. */
const oneOrMany = <T extends z.ZodType>(item: T) =>
  z.union([z.array(item), item.transform((value) => [value])]).default([]);

const accountList = z.object({
  AccountListResponse: z.object({
    Accounts: z
      .object({
        Account: oneOrMany(
          z.object({
            accountId: z.coerce.string(),
            accountIdKey: z.string(),
            accountDesc: z.string().default(""),
            accountStatus: z.string().default("ACTIVE"),
          }),
        ),
      })
      .prefault({}),
  }),
});

const balance = z.object({
  BalanceResponse: z.object({
    Computed: z
      .object({
        cashBalance: z.number().nullish(),
        marginBuyingPower: z.number().nullish(),
        cashBuyingPower: z.number().nullish(),
        cashAvailableForInvestment: z.number().nullish(),
        RealTimeValues: z.object({ totalAccountValue: z.number().nullish() }).nullish(),
      })
      .nullish(),
  }),
});

const portfolio = z.object({
  PortfolioResponse: z.object({
    AccountPortfolio: oneOrMany(
      z.object({
        Position: oneOrMany(
          z.object({
            symbolDescription: z.string().default(""),
            quantity: z.number(),
            positionType: z.string().nullish(),
            pricePaid: z.number().nullish(),
            marketValue: z.number().nullish(),
            Product: z.object({ symbol: z.string(), securityType: z.string().nullish() }).nullish(),
          }),
        ),
      }),
    ),
  }),
});

/** `Product.securityType`. Exchange-traded funds come as EQ. */
const assetTypes: Record<string, Position["assetType"]> = {
  EQ: "equity",
  OPTN: "option",
  MF: "fund",
  BOND: "fixed-income",
  MMF: "cash",
};

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Asked for JSON, E*TRADE still answers some errors in HTML or XML.
    return null;
  }
}

/** The accounts that are open. */
export function parseAccounts(body: string): Account[] | null {
  const parsed = accountList.safeParse(json(body));
  if (!parsed.success) return null;
  return parsed.data.AccountListResponse.Accounts.Account.filter((account) => account.accountStatus !== "CLOSED").map(
    (account) => ({
      accountId: account.accountId,
      accountIdKey: account.accountIdKey,
      description: account.accountDesc.trim(),
    }),
  );
}

/** What an account with nothing to say about itself is worth. */
export const unknownBalance: AccountBalance = { currency: "USD", totalValue: null, cash: null, buyingPower: null };

export function parseBalance(body: string): AccountBalance | null {
  const parsed = balance.safeParse(json(body));
  if (!parsed.success) return null;
  const computed = parsed.data.BalanceResponse.Computed;
  return {
    currency: "USD",
    totalValue: computed?.RealTimeValues?.totalAccountValue ?? null,
    cash: computed?.cashBalance ?? null,
    buyingPower:
      computed?.marginBuyingPower ?? computed?.cashBuyingPower ?? computed?.cashAvailableForInvestment ?? null,
  };
}

export function parsePositions(body: string): Position[] | null {
  const parsed = portfolio.safeParse(json(body));
  if (!parsed.success) return null;
  return parsed.data.PortfolioResponse.AccountPortfolio.flatMap((account) => account.Position)
    .map((position): Position => {
      const short = position.positionType === "SHORT" || position.quantity < 0;
      // The documentation does not say whether a short position's numbers carry the sign themselves.
      const signed = (value: number) => (short ? -Math.abs(value) : value);
      const marketValue = position.marketValue ?? null;
      return {
        symbol: position.Product?.symbol ?? position.symbolDescription,
        assetType: assetTypeOf(position.Product?.securityType ?? ""),
        quantity: signed(position.quantity),
        averagePrice: position.pricePaid ?? null,
        marketValue: marketValue === null ? null : signed(marketValue),
        currency: "USD",
      };
    })
    .slice(0, 50);
}

function assetTypeOf(name: string): Position["assetType"] {
  return Object.hasOwn(assetTypes, name) ? (assetTypes[name] ?? "other") : "other";
}
