// Whether a token set works, found out by real calls, and which accounts it opens.
import type { BrokerAnswer, BrokerCall } from "../domain/broker-answer.ts";
import { fingerprintInput } from "../domain/account-pin.ts";
import {
  type Account,
  type AccountPin,
  type ConnectionIdentity,
  maskedAccount,
  type TokenSet,
} from "../domain/connection.ts";
import type { Provider, Randomness } from "../ports.ts";

export interface TokenSetCheck {
  readonly call: BrokerCall;
  readonly answer: BrokerAnswer<readonly Account[]>;
  readonly revived: boolean;
}

/**
 * Verifies by the account list. Where an idle token set answers 401 like a dead one, reviving it and asking again decides; a
 * refresh makes other tokens and is refresh-connection.ts's to try.
 */
export async function checkTokenSet(provider: Provider, tokenSet: TokenSet): Promise<TokenSetCheck> {
  const first = await provider.listAccounts(tokenSet);
  const { renewal } = provider;
  if (first.ok || first.failure.kind !== "needs-person" || renewal.kind === "refresh")
    return { call: "accounts-list", answer: first, revived: false };
  const renewed = await renewal.renew(tokenSet);
  if (!renewed.ok && renewed.failure.kind !== "needs-person") return { call: "renew", answer: renewed, revived: false };
  const second = await provider.listAccounts(tokenSet);
  return { call: "accounts-list", answer: second, revived: second.ok };
}

/** What a login with these accounts is pinned by. */
export function pinOf(
  random: Pick<Randomness, "fingerprint">,
  { provider, environment }: ConnectionIdentity,
  accounts: readonly Account[],
  now: Temporal.Instant,
): AccountPin {
  return {
    fingerprint: random.fingerprint(fingerprintInput(provider, environment, accounts)),
    accounts: accounts.map(maskedAccount),
    pinnedAt: now,
  };
}
