// Who holds what at the practice Schwab. Invented, and the same at every start.
import { createHash } from "node:crypto";
import { practiceSchwab } from "./practice-keys.ts";
import type { Person } from "./practice-records.ts";

export interface SchwabAccount {
  readonly accountNumber: string;
  readonly type: "MARGIN" | "CASH";
  readonly nickName: string;
  readonly cash: number;
  readonly positions: readonly Holding[];
}

export interface Holding {
  readonly symbol: string;
  readonly description: string;
  readonly assetType: "EQUITY" | "COLLECTIVE_INVESTMENT" | "OPTION";
  readonly cusip: string;
  /** Negative when held short. */
  readonly quantity: number;
  readonly averagePrice: number;
  /** What one of the quantity is worth: an option's is for a hundred shares. */
  readonly worth: number;
}

const people: Record<Person, readonly SchwabAccount[]> = {
  yourself: [
    {
      accountNumber: "41728305",
      type: "MARGIN",
      nickName: "Trading",
      cash: 25_310.42,
      positions: [
        holding("AAPL", "APPLE INC", "EQUITY", "037833100", 40, 190.5, 231.25),
        holding("TSLA", "TESLA INC", "EQUITY", "88160R101", -5, 262.1, 248.5),
        holding(
          "SPY   270115P00500000",
          "SPDR S&P 500 01/15/2027 $500 Put",
          "OPTION",
          "0SPY..MF70500000",
          -1,
          6.2,
          415,
        ),
      ],
    },
    {
      accountNumber: "41720917",
      type: "CASH",
      nickName: "Long term",
      cash: 1240.77,
      positions: [
        holding("VTI", "VANGUARD TOTAL STOCK MARKET ETF", "COLLECTIVE_INVESTMENT", "922908769", 25.5, 240, 301.5),
      ],
    },
    { accountNumber: "41726640", type: "CASH", nickName: "Roth IRA", cash: 0, positions: [] },
  ],
  "somebody else": [{ accountNumber: "58810263", type: "CASH", nickName: "Not yours", cash: 312.08, positions: [] }],
};

export function schwabAccountsOf(person: Person): readonly SchwabAccount[] {
  return people[person];
}

/** The same for ever for this account and this app. */
export function hashValueOf({ accountNumber }: SchwabAccount): string {
  return createHash("sha256").update(`${practiceSchwab.clientId} ${accountNumber}`).digest("hex").toUpperCase();
}

function holding(
  symbol: string,
  description: string,
  assetType: Holding["assetType"],
  cusip: string,
  quantity: number,
  averagePrice: number,
  worth: number,
): Holding {
  return { symbol, description, assetType, cusip, quantity, averagePrice, worth };
}
