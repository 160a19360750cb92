// A broker that knows what Schwab knows of a login: one refresh token at a time where it rotates, access tokens of half an hour,
// the end after seven days. It tells whether two refreshes were ever under way at once.
import { type BrokerAnswer, failed, succeeded } from "../../../server/domain/broker-answer.ts";
import type { Account, ConnectionIdentity, IssuedTokens, TokenSet } from "../../../server/domain/connection.ts";
import { schwabPolicy } from "../../../server/domain/provider-policy.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { Provider } from "../../../server/ports.ts";

export const schwabAccount: Account = { accountId: "12345678", accountIdKey: "HASH1", description: "" };
export const schwabIdentity: ConnectionIdentity = { id: "schwab-prod", provider: "schwab", environment: "prod" };

export interface RotatingSchwab {
  readonly provider: Provider;
  /** A login of this moment, as stored after its proof. */
  login(): TokenSet;
  /** Refreshes that were answered. */
  refreshes(): number;
  mostAtOnce(): number;
  /** What the next refreshes meet; "lost" is done and never answered. */
  readonly next: (BrokerAnswer<IssuedTokens> | "lost")[];
  /** What the account list answers from now on; null: the truth. */
  apiIs(answer: Extract<BrokerAnswer<never>, { ok: false }> | null): void;
  /** The broker ends the access tokens it gave, or the whole login. */
  lapse(): void;
  end(): void;
}

export function aRotatingSchwab(now: () => Temporal.Instant, rotates = true): RotatingSchwab {
  const policy = schwabPolicy();
  let count = 0;
  let loginAt: Temporal.Instant | null = null;
  let refreshToken = "";
  let refreshes = 0;
  let underWay = 0;
  let mostAtOnce = 0;
  let api: Parameters<RotatingSchwab["apiIs"]>[0] = null;
  const access = new Map<string, Temporal.Instant>();
  const next: RotatingSchwab["next"] = [];

  const isOver = () => loginAt === null || Temporal.Instant.compare(now(), loginAt.add({ hours: 168 })) >= 0;
  function issue(): IssuedTokens {
    count += 1;
    const accessExpiresAt = now().add({ minutes: 30 });
    access.set(`access-${count}`, accessExpiresAt);
    if (rotates || refreshToken === "") refreshToken = `refresh-${count}`;
    return {
      accessToken: new Secret(`access-${count}`),
      accessTokenSecret: null,
      refreshToken: new Secret(refreshToken),
      accessExpiresAt,
    };
  }

  async function refresh(tokenSet: TokenSet): Promise<BrokerAnswer<IssuedTokens>> {
    underWay += 1;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    // Others get their turn while the broker thinks.
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
    const scripted = next.shift();
    if (scripted !== undefined && scripted !== "lost") return scripted;
    if (isOver() || tokenSet.refreshToken?.reveal() !== refreshToken) return failed("token-rejected", 400);
    refreshes += 1;
    const issued = issue();
    return scripted === "lost" ? failed("timed-out") : succeeded(issued);
  }

  return {
    provider: {
      identity: schwabIdentity,
      policy,
      ceremony: "redirect",
      beginAuthorization: unused,
      exchange: unused,
      async listAccounts({ accessToken }) {
        if (api !== null) return api;
        const until = access.get(accessToken.reveal());
        return until === undefined || Temporal.Instant.compare(now(), until) >= 0 || isOver()
          ? failed("token-rejected", 401)
          : succeeded([schwabAccount]);
      },
      renewal: { kind: "refresh", refresh },
      revoke: null,
      readClock: async () => null,
      balance: unused,
      positions: unused,
    },
    login() {
      access.clear();
      refreshToken = "";
      loginAt = now();
      return { ...issue(), startedAt: now(), issuedAt: now(), verifiedAt: now() };
    },
    refreshes: () => refreshes,
    mostAtOnce: () => mostAtOnce,
    next,
    apiIs(answer) {
      api = answer;
    },
    lapse: () => access.clear(),
    end() {
      loginAt = null;
    },
  };
}

async function unused(): Promise<never> {
  throw new Error("Not part of a refresh.");
}
