// Pure. Whether a new token set opens the same accounts as the one before: the guard against an account swapped by a stranger.
import type { Account, AccountPin } from "./connection.ts";

/** What is fingerprinted: provider, environment and the account numbers in a fixed order. */
export function fingerprintInput(provider: string, environment: string, accounts: readonly Account[]): string {
  const numbers = accounts.map((account) => account.accountId).toSorted();
  return JSON.stringify([provider, environment, ...numbers]);
}

export type PinCheck = "first" | "same" | "different" | "no-accounts";

/** Compares by fingerprint; the pinned one is not secret, so plain equality does. */
export function checkPin(pinned: AccountPin | null, offered: AccountPin): PinCheck {
  if (offered.accounts.length === 0) return "no-accounts";
  if (pinned === null) return "first";
  return pinned.fingerprint === offered.fingerprint ? "same" : "different";
}
