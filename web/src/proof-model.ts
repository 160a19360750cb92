// Accounts, balances and positions: asked for by hand, shown as they came, kept nowhere.
import { signal } from "@preact/signals";
import type { AccountsReply, BalancesReply, PositionsReply } from "../../server/http/contract.ts";
import { perform } from "./action-model.ts";
import { api } from "./api.ts";

export type Proof =
  | ({ kind: "accounts" } & AccountsReply)
  | ({ kind: "balances" } & BalancesReply)
  | ({ kind: "positions" } & PositionsReply);

/** The newest proof and the connection it is of. */
export const proof = signal<{ id: string; shown: Proof } | null>(null);

/** In the broker's order of accounts. */
export function byAccount<T extends { account: string }>(rows: readonly T[]): [string, T[]][] {
  return [...Map.groupBy(rows, ({ account }) => account)];
}

export function prove(id: string, kind: Proof["kind"]): Promise<boolean> {
  return perform(
    `prove ${kind}`,
    async () => {
      proof.value = { id, shown: await ask(id, kind) };
    },
    "proof",
  );
}

async function ask(id: string, kind: Proof["kind"]): Promise<Proof> {
  switch (kind) {
    case "accounts":
      return { kind, ...(await api.accounts(id)) };
    case "balances":
      return { kind, ...(await api.balances(id)) };
    case "positions":
      return { kind, ...(await api.positions(id)) };
  }
}
