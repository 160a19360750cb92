// Read-only proof for the eye: what the token opens right now. Nothing of it is stored.
import type { BrokerAnswer } from "../domain/broker-answer.ts";
import { type Account, type Connection, maskedAccount, type TokenSet } from "../domain/connection.ts";
import { isAlive } from "../domain/keep-alive.ts";
import { refuse, refuseFor, type Refusal } from "../domain/refusal.ts";
import type { AccountBalance, Position, Provider } from "../ports.ts";
import { readConnection } from "./change-connection.ts";
import { checkTokenSet } from "./check-token-set.ts";
import type { TokenWork } from "./dependencies.ts";
import { keepAliveConnection } from "./keep-alive-connection.ts";

/** Longer than it takes to read every account, one after the other. */
const aLook = Temporal.Duration.from({ minutes: 1 });
const aRefresh = Temporal.Duration.from({ seconds: 10 });
type Shown<T> = { readonly outcome: "shown"; readonly value: T } | Refusal;

/** `missing`: accounts that were pinned and that the token no longer opens. All masked. */
export function showAccounts(
  deps: TokenWork,
  connectionId: string,
): Promise<Shown<{ accounts: string[]; missing: string[] }>> {
  return withAccounts(deps, connectionId, async (_provider, _tokenSet, listed, { pin }) => {
    const accounts = listed.map(maskedAccount);
    return { outcome: "shown", value: { accounts, missing: missingFrom(accounts, pin?.accounts ?? []) } };
  });
}

/** By the digits alone: an account that was given another name is still there. Two may end alike, so each counts once. */
function missingFrom(accounts: readonly string[], pinned: readonly string[]): string[] {
  const open = accounts.map(digitsOf);
  return pinned.filter((account) => {
    const found = open.indexOf(digitsOf(account));
    if (found >= 0) open.splice(found, 1);
    return found < 0;
  });
}

function digitsOf(masked: string): string {
  return masked.split(" ", 1)[0] ?? masked;
}

export function showBalances(
  deps: TokenWork,
  connectionId: string,
): Promise<Shown<(AccountBalance & { account: string })[]>> {
  return withAccounts(deps, connectionId, (provider, tokenSet, accounts) =>
    perAccount(accounts, (account) => provider.balance(tokenSet, account)),
  );
}

export async function showPositions(
  deps: TokenWork,
  connectionId: string,
): Promise<Shown<(Position & { account: string })[]>> {
  return withAccounts(deps, connectionId, async (provider, tokenSet, accounts) => {
    const shown = await perAccount(accounts, async (account) => {
      const answer = await provider.positions(tokenSet, account);
      return answer.ok ? { ok: true as const, value: { positions: answer.value } } : answer;
    });
    if (shown.outcome === "refused") return shown;
    const value = shown.value.flatMap(({ account, positions }) =>
      positions.map((position) => ({ ...position, account })),
    );
    return { outcome: "shown", value };
  });
}

async function withAccounts<T>(
  deps: TokenWork,
  connectionId: string,
  show: (
    provider: Provider,
    tokenSet: TokenSet,
    accounts: readonly Account[],
    connection: Connection,
  ) => Promise<Shown<T>>,
): Promise<Shown<T>> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  // Where the access token lapsed by itself, the login behind it brings another.
  if (provider.policy.access !== null)
    await keepAliveConnection(deps, connectionId, { force: true, freshFor: aLook, patience: aRefresh });
  const connection = await readConnection(deps, connectionId);
  if (connection.token === null || !isAlive(connection, provider.policy, deps.clock())) return refuse("no-token");
  const tokenSet = await deps.tokens.read(connectionId, connection.token.version);
  if (tokenSet === null) return refuse("no-token");
  const { answer } = await checkTokenSet(provider, tokenSet);
  return answer.ok ? show(provider, tokenSet, answer.value, connection) : refuseFor(answer.failure);
}

/** One account after the other: E*TRADE allows two calls a second. */
async function perAccount<T extends object>(
  accounts: readonly Account[],
  read: (account: Account) => Promise<BrokerAnswer<T>>,
): Promise<Shown<(T & { account: string })[]>> {
  const value: (T & { account: string })[] = [];
  for (const account of accounts) {
    const answer = await read(account);
    if (!answer.ok) return refuseFor(answer.failure);
    value.push({ ...answer.value, account: maskedAccount(account) });
  }
  return { outcome: "shown", value };
}
