// Reads the Trader API's account documents. Pure. Null means: not what Schwab documents. What we don't show is not looked at:
// the documentation and the answers differ in many places.
import { z } from "zod";
import type { Account } from "../domain/connection.ts";
import type { AccountBalance, Position } from "../ports.ts";

/** Amounts that are missing, or are no numbers, are not known; the rest is still shown. */
const amount = z.number().nullish().catch(null);
const text = z.string().nullish().catch(null);

const accountNumbers = z.array(
  z.object({
    accountNumber: z.union([z.string().min(1), z.number().transform(String)]),
    hashValue: z.string().min(1),
  }),
);

const balances = z
  .object({
    liquidationValue: amount,
    equity: amount,
    accountValue: amount,
    cashBalance: amount,
    totalCash: amount,
    marginBalance: amount,
    buyingPower: amount,
    cashAvailableForTrading: amount,
  })
  .partial()
  .nullish()
  .catch(null);

const balanceDocument = z.object({
  securitiesAccount: z.object({ currentBalances: balances, initialBalances: balances }),
  aggregatedBalance: z.object({ currentLiquidationValue: amount }).partial().nullish().catch(null),
});

const positionsDocument = z.object({
  securitiesAccount: z.object({
    positions: z
      .array(
        z.object({
          longQuantity: z.number().default(0),
          shortQuantity: z.number().default(0),
          averagePrice: amount,
          marketValue: amount,
          instrument: z
            .object({ assetType: text, symbol: text, description: text, cusip: text })
            .partial()
            .nullish()
            .catch(null),
        }),
      )
      .nullish(),
  }),
});

const assetTypes: Record<string, Position["assetType"]> = {
  EQUITY: "equity",
  // Exchange-traded funds: E*TRADE counts them among the shares, so they are counted so here.
  COLLECTIVE_INVESTMENT: "equity",
  OPTION: "option",
  MUTUAL_FUND: "fund",
  FIXED_INCOME: "fixed-income",
  CASH_EQUIVALENT: "cash",
  CURRENCY: "cash",
};

export function parseAccountNumbers(body: string): Account[] | null {
  const parsed = accountNumbers.safeParse(json(body));
  if (!parsed.success) return null;
  // The API takes the hash in the number's place. A name would cost a second call at every check.
  return parsed.data.map(({ accountNumber, hashValue }) => ({
    accountId: accountNumber,
    accountIdKey: hashValue,
    description: "",
  }));
}

export function parseSchwabBalance(body: string): AccountBalance | null {
  const parsed = balanceDocument.safeParse(json(body));
  if (!parsed.success) return null;
  const { currentBalances: current, initialBalances: initial } = parsed.data.securitiesAccount;
  return {
    currency: "USD",
    totalValue:
      current?.liquidationValue ??
      parsed.data.aggregatedBalance?.currentLiquidationValue ??
      current?.equity ??
      // Of this morning, where nothing newer is said.
      initial?.liquidationValue ??
      initial?.accountValue ??
      null,
    cash: cashOf(current) ?? initial?.cashBalance ?? null,
    buyingPower: current?.buyingPower ?? current?.cashAvailableForTrading ?? null,
  };
}

/** Cash less what is borrowed: `marginBalance` is negative then, and `cashBalance` nought. */
function cashOf(current: z.infer<typeof balances>): number | null {
  const held = current?.cashBalance ?? current?.totalCash ?? null;
  const borrowed = Math.min(current?.marginBalance ?? 0, 0);
  if (held === null) return borrowed < 0 ? borrowed : null;
  return held + borrowed;
}

export function parseSchwabPositions(body: string): Position[] | null {
  const parsed = positionsDocument.safeParse(json(body));
  if (!parsed.success) return null;
  return (parsed.data.securitiesAccount.positions ?? [])
    .map(({ longQuantity, shortQuantity, averagePrice, marketValue, instrument }): Position => {
      // Both sides are given, each as a positive number.
      const quantity = longQuantity - shortQuantity;
      return {
        symbol: instrument?.symbol ?? instrument?.description ?? instrument?.cusip ?? "",
        assetType: assetTypeOf(instrument?.assetType ?? ""),
        quantity,
        averagePrice: averagePrice ?? null,
        marketValue: signedLike(quantity, marketValue ?? null),
        currency: "USD",
      };
    })
    .filter(({ quantity }) => quantity !== 0)
    .slice(0, 50);
}

function assetTypeOf(name: string): Position["assetType"] {
  return Object.hasOwn(assetTypes, name) ? (assetTypes[name] ?? "other") : "other";
}

function signedLike(quantity: number, value: number | null): number | null {
  return value !== null && quantity < 0 ? -Math.abs(value) : value;
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
