// How accounts, money and positions read.
import type { PositionsReply } from "../../server/http/contract.ts";

/** Accounts that were there when the login was pinned and are not now. */
export function missingSentence(missing: readonly string[]): string {
  return `No longer opened: ${missing.join(", ")}. Left unticked at the last login? Renew and choose it again. Closed? Then nothing is wrong.`;
}

const assetWords: Record<PositionsReply["positions"][number]["assetType"], string> = {
  equity: "stock",
  option: "option",
  fund: "fund",
  "fixed-income": "bond",
  cash: "cash",
  other: "other",
};

/** "stock · avg $512.30" */
export function positionDetail({ assetType, averagePrice, currency }: PositionsReply["positions"][number]): string {
  return averagePrice === null
    ? assetWords[assetType]
    : `${assetWords[assetType]} · avg ${amount(averagePrice, currency)}`;
}

export function quantityOf({ quantity }: PositionsReply["positions"][number]): string {
  return `quantity ${quantity.toLocaleString("en-US", { maximumFractionDigits: 4 })}`;
}

export function amount(value: number | null, currency: string): string {
  return value === null ? "–" : value.toLocaleString("en-US", { style: "currency", currency });
}
