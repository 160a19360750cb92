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
            marketValue: z.number().nullish(),
            Product: z.object({ symbol: z.string() }).nullish(),
          }),
        ),
      }),
    ),
  }),
});

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

export function parseBalance(body: string): AccountBalance | null {
  const parsed = balance.safeParse(json(body));
  if (!parsed.success) return null;
  const computed = parsed.data.BalanceResponse.Computed;
  return { totalValue: computed?.RealTimeValues?.totalAccountValue ?? null, cash: computed?.cashBalance ?? null };
}

export function parsePositions(body: string): Position[] | null {
  const parsed = portfolio.safeParse(json(body));
  if (!parsed.success) return null;
  return parsed.data.PortfolioResponse.AccountPortfolio.flatMap((account) => account.Position).map((position) => ({
    symbol: position.Product?.symbol ?? position.symbolDescription,
    quantity: position.quantity,
    marketValue: position.marketValue ?? null,
  }));
}
