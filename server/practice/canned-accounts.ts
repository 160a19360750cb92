// Accounts, balances and positions in the shapes of E*TRADE's v1 documentation. Invented, and the same at every start.
import type { Environment } from "../domain/connection.ts";
import type { Person } from "./practice-records.ts";

export interface CannedAccount {
  readonly accountId: string;
  readonly accountIdKey: string;
  readonly accountMode: "CASH" | "MARGIN" | "IRA";
  readonly accountDesc: string;
  readonly accountName: string;
  readonly accountType: string;
  readonly institutionType: "BROKERAGE";
  readonly accountStatus: "ACTIVE" | "CLOSED";
  readonly closedDate: number;
  readonly shareWorksAccount: boolean;
  readonly fcManagedMssbClosedAccount: boolean;
}

type Facts = Pick<CannedAccount, "accountId" | "accountIdKey" | "accountName"> & Partial<CannedAccount>;

function account(facts: Facts): CannedAccount {
  return {
    accountMode: "CASH",
    accountDesc: "Brokerage",
    accountType: "INDIVIDUAL",
    institutionType: "BROKERAGE",
    accountStatus: "ACTIVE",
    closedDate: 0,
    shareWorksAccount: false,
    fcManagedMssbClosedAccount: false,
    ...facts,
  };
}

const cannedAccounts: Record<Environment, Record<Person, readonly CannedAccount[]>> = {
  prod: {
    yourself: [
      account({
        accountId: "840105145",
        accountIdKey: "JIdOIAcSpwR1Jva7RQBraQ",
        accountName: "",
        accountMode: "MARGIN",
      }),
      account({ accountId: "840102718", accountIdKey: "vQMsebA1H5WltUfDkJP48g", accountName: "Long term" }),
      account({
        accountId: "840101828",
        accountIdKey: "6_Dpy0rmuQ9cu9IbTfvF2A",
        accountName: "Retirement",
        accountMode: "IRA",
        accountDesc: "Roth IRA",
        accountType: "ROTHIRA",
      }),
      account({
        accountId: "840100531",
        accountIdKey: "R1xJ8hYvT0aQmZkLwN3cPg",
        accountName: "Old joint account",
        accountType: "JOINT",
        accountStatus: "CLOSED",
        closedDate: 1_704_067_200,
      }),
    ],
    "somebody else": [
      account({ accountId: "771904463", accountIdKey: "w8Zb2nUeRkCq5sXyD1mHtA", accountName: "Not yours" }),
    ],
  },
  sandbox: {
    yourself: [
      account({
        accountId: "823145980",
        accountIdKey: "dBZOKt9xDrtRSAOl4MSiiA",
        accountName: "NickName-1",
        accountMode: "IRA",
        accountType: "MARGIN",
      }),
      account({ accountId: "583156360", accountIdKey: "yIFaUoJ81qyAhgxLWRQ42g", accountName: "NickName-2" }),
      account({ accountId: "634386170", accountIdKey: "xj1Dc18FTqWPqkEEVUr5rw", accountName: "NickName-3" }),
    ],
    "somebody else": [
      account({ accountId: "512067794", accountIdKey: "hT4rQ9vLs6Yf0kJmWc2NbE", accountName: "NickName-9" }),
    ],
  },
};

export function accountsOf(environment: Environment, person: Person): readonly CannedAccount[] {
  return cannedAccounts[environment][person];
}

export function accountList(accounts: readonly CannedAccount[]): object {
  // E*TRADE's answers hold an object in the place of a list of one in some formats; clients have to take either.
  return { Accounts: { Account: accounts.length === 1 ? accounts[0] : accounts } };
}

export function balanceOf(canned: CannedAccount): object {
  const cash = 1000 + (Number(canned.accountId) % 9000);
  const invested = positionsOf(canned).reduce((sum, held) => sum + held.marketValue, 0);
  return {
    accountId: canned.accountId,
    accountType: canned.accountType,
    optionLevel: "LEVEL_2",
    accountDescription: canned.accountDesc,
    accountMode: canned.accountMode,
    Cash: { fundsForOpenOrdersCash: 0, moneyMktBalance: cash },
    Computed: {
      cashAvailableForInvestment: cash,
      cashAvailableForWithdrawal: cash,
      netCash: cash,
      cashBalance: cash,
      settledCashForInvestment: cash,
      ...(canned.accountMode === "MARGIN" && { marginBuyingPower: 2 * cash, dtMarginBuyingPower: 4 * cash }),
      OpenCalls: { cashCall: 0 },
      RealTimeValues: { totalAccountValue: cash + invested, netMv: invested, netMvLong: invested },
    },
  };
}

/** Null for an account without positions. */
export function portfolioOf(canned: CannedAccount): object | null {
  const positions = positionsOf(canned);
  if (positions.length === 0) return null;
  return { AccountPortfolio: [{ accountId: canned.accountId, totalPages: 1, Position: positions }] };
}

function positionsOf(canned: CannedAccount): ReturnType<typeof position>[] {
  if (canned.accountMode === "IRA" || canned.accountStatus === "CLOSED") return [];
  const share = Number(canned.accountId) % 40;
  return [
    position(1, "AAPL", "APPLE INC COM", 10 + share, 190.5, 231.25),
    position(2, "VTI", "VANGUARD TOTAL STOCK MARKET ETF", 25, 240, 301.5),
  ];
}

function position(id: number, symbol: string, name: string, quantity: number, paid: number, price: number) {
  const [totalCost, marketValue] = [quantity * paid, quantity * price];
  return {
    positionId: 10_000 + id,
    symbolDescription: name,
    quantity,
    positionType: "LONG",
    pricePaid: paid,
    costPerShare: paid,
    totalCost,
    marketValue,
    daysGain: quantity,
    daysGainPct: 0.4,
    totalGain: marketValue - totalCost,
    totalGainPct: (100 * (marketValue - totalCost)) / totalCost,
    pctOfPortfolio: 50,
    dateAcquired: 1_688_184_000_000,
    Product: { symbol, securityType: "EQ" },
    Quick: { lastTrade: price, lastTradeTime: 1_735_851_600, change: 1, changePct: 0.4, volume: 1_000_000 },
    lotsDetails: `https://api.etrade.com/v1/accounts/practice/portfolio/${10_000 + id}`,
    quoteDetails: `https://api.etrade.com/v1/market/quote/${symbol}`,
  };
}
