// A small broker that answers at once: as told where it was told, with success otherwise. It notes every call.
import type { BrokerAnswer } from "../../../server/domain/broker-answer.ts";
import { failed, succeeded } from "../../../server/domain/broker-answer.ts";
import type { Account, ConnectionIdentity, IssuedTokens, TokenSet } from "../../../server/domain/connection.ts";
import { etradePolicy } from "../../../server/domain/provider-policy.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { AccountBalance, BegunAuthorization, Position, Provider } from "../../../server/ports.ts";

export const anAccount: Account = { accountId: "83405188", accountIdKey: "key-1", description: "Brokerage" };

interface Answers {
  readonly beginAuthorization: BrokerAnswer<BegunAuthorization>;
  readonly exchange: BrokerAnswer<IssuedTokens>;
  readonly listAccounts: BrokerAnswer<readonly Account[]>;
  readonly renew: BrokerAnswer<void>;
  readonly refresh: BrokerAnswer<IssuedTokens>;
  readonly revoke: BrokerAnswer<void>;
  readonly balance: BrokerAnswer<AccountBalance>;
  readonly positions: BrokerAnswer<readonly Position[]>;
}
type Scripts = { -readonly [M in keyof Answers]: (Answers[M] | Error | Promise<Answers[M]>)[] };

export interface ScriptedProvider extends Provider {
  /** For example "listAccounts access-1". */
  readonly calls: string[];
  /** What the next calls answer, first come first served; an Error is thrown. */
  readonly next: Scripts;
  /** The newest access token given away; 0 before the first. */
  issued(): number;
}

export function aScriptedProvider(
  identity: ConnectionIdentity,
  onCall: (call: string) => void = () => {},
): ScriptedProvider {
  const calls: string[] = [];
  const next: Scripts = {
    beginAuthorization: [],
    exchange: [],
    listAccounts: [],
    renew: [],
    refresh: [],
    revoke: [],
    balance: [],
    positions: [],
  };
  let begun = 0;
  let issued = 0;
  // A code works once.
  const spent = new Set<string>();

  const note = (call: string) => {
    calls.push(call);
    onCall(call);
  };

  return {
    identity,
    policy: etradePolicy(),
    ceremony: "verifier",
    calls,
    next,
    issued: () => issued,
    async beginAuthorization() {
      note("beginAuthorization");
      return scripted(next.beginAuthorization, () => {
        begun += 1;
        return succeeded({
          requestToken: new Secret(`request-${begun}`),
          requestTokenSecret: new Secret(`request-secret-${begun}`),
          authorizeUrl: `https://broker.example/authorize?token=request-${begun}`,
        });
      });
    },
    async exchange(requestToken, _secret, verifier) {
      note(`exchange ${requestToken.reveal()} ${verifier.reveal()}`);
      return scripted<Answers["exchange"]>(next.exchange, () => {
        if (spent.has(requestToken.reveal())) return failed("token-rejected", 401);
        spent.add(requestToken.reveal());
        issued += 1;
        return succeeded({
          accessToken: new Secret(`access-${issued}`),
          accessTokenSecret: new Secret(`secret-${issued}`),
          refreshToken: null,
          accessExpiresAt: null,
        });
      });
    },
    async listAccounts(tokenSet) {
      note(`listAccounts ${nameOf(tokenSet)}`);
      return scripted<BrokerAnswer<readonly Account[]>>(next.listAccounts, () => succeeded([anAccount]));
    },
    renewal: {
      kind: "revive",
      async renew(tokenSet) {
        note(`renew ${nameOf(tokenSet)}`);
        return scripted<BrokerAnswer<void>>(next.renew, () => succeeded(undefined));
      },
    },
    async revoke(tokenSet) {
      note(`revoke ${nameOf(tokenSet)}`);
      return scripted<BrokerAnswer<void>>(next.revoke, () => succeeded(undefined));
    },
    readClock: async () => null,
    async balance(tokenSet, account) {
      note(`balance ${nameOf(tokenSet)} ${account.accountIdKey}`);
      return scripted<Answers["balance"]>(next.balance, () =>
        succeeded({ currency: "USD", totalValue: 1000, cash: 10, buyingPower: 10 }),
      );
    },
    async positions(tokenSet, account) {
      note(`positions ${nameOf(tokenSet)} ${account.accountIdKey}`);
      return scripted<Answers["positions"]>(next.positions, () =>
        succeeded([
          {
            symbol: "MSFT",
            assetType: "equity",
            quantity: 2,
            averagePrice: 390,
            marketValue: 800,
            currency: "USD",
          },
        ]),
      );
    },
  };
}

async function scripted<T>(queue: (T | Error | Promise<T>)[], otherwise: () => T): Promise<T> {
  const answer = queue.shift();
  if (answer instanceof Error) throw answer;
  return answer ?? otherwise();
}

function nameOf(tokenSet: TokenSet): string {
  return tokenSet.accessToken.reveal();
}
