// Schwab: OAuth 2.0 by authorization code, without PKCE, and the Trader API (developer.schwab.com).
import { type BrokerCall, failed, succeeded } from "../domain/broker-answer.ts";
import type { ConnectionIdentity, IssuedTokens } from "../domain/connection.ts";
import type { Ceremony } from "../domain/pending-authorization.ts";
import type { ProviderPolicy } from "../domain/provider-policy.ts";
import { Secret } from "../domain/secret.ts";
import type { Clock, Provider } from "../ports.ts";
import { readBrokerClock } from "./broker-clock.ts";
import { authorizationUrl, exchangeCode, type GrantAnswer, type OAuth2Client, refreshTokens } from "./oauth2-code.ts";
import { parseAccountNumbers, parseSchwabBalance, parseSchwabPositions } from "./schwab-accounts.ts";
import { type BrokerTrace, correlationOf, readAccounts, userAgent } from "./schwab-api.ts";
import { classifyExchangeRefusal, classifyRefreshRefusal } from "./schwab-answer.ts";

export interface SchwabSettings {
  readonly identity: ConnectionIdentity;
  readonly policy: ProviderPolicy;
  /** `redirect` where the redirect URI is our own page, `verifier` where the person brings the address back. */
  readonly ceremony: Ceremony;
  readonly clientId: Secret;
  readonly clientSecret: Secret;
  /** Byte for byte as the app is registered with it. */
  readonly redirectUri: string;
  readonly oauthUrl: string;
  readonly apiUrl: string;
  readonly clock: Clock;
  /** Unpredictable: what binds the answer to the authorization it belongs to. */
  readonly state: () => string;
  /** Told of each call; the correlation id is what Schwab's support asks for. */
  readonly trace: (call: BrokerTrace) => void;
  /** For tests: waits before a call is tried again. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

// A code works once and a refresh may replace the refresh token, so their answers are waited for longer.
const grantTimeoutMs = 30_000;
/** An access token is never counted on for longer than this, whatever an answer says. */
const longestAccessSeconds = 86_400;

export function createSchwab(settings: SchwabSettings): Provider {
  const { clock, trace } = settings;
  const client: OAuth2Client = {
    authorizeUrl: `${settings.oauthUrl}/authorize`,
    tokenUrl: `${settings.oauthUrl}/token`,
    clientId: alphanumeric(settings.clientId, "SCHWAB_CLIENT_ID"),
    clientSecret: alphanumeric(settings.clientSecret, "SCHWAB_CLIENT_SECRET"),
    redirectUri: settings.redirectUri,
    // What Schwab grants whatever is asked. Not "readonly": the tokens are for programs that trade.
    scope: "api",
    userAgent,
  };

  function traced(call: BrokerCall, answer: GrantAnswer): GrantAnswer {
    const heard = answer.outcome === "lost" ? null : answer;
    trace({
      call,
      httpStatus: heard?.httpStatus ?? null,
      correlationId: correlationOf(heard?.headers),
    });
    return answer;
  }

  /** `askedAt`: before the call, so that the access token is never taken for younger than it is. */
  function issued(
    answer: Extract<GrantAnswer, { outcome: "granted" }>,
    refreshToken: Secret,
    askedAt: Temporal.Instant,
  ): IssuedTokens {
    const { accessToken, expiresInSeconds } = answer.tokens;
    const usual = settings.policy.access?.lifetime.total("seconds") ?? 0;
    const seconds = Math.min(Math.floor(expiresInSeconds ?? usual), longestAccessSeconds);
    return {
      accessToken: new Secret(accessToken),
      accessTokenSecret: null,
      refreshToken,
      accessExpiresAt: askedAt.add({ seconds }),
    };
  }

  return {
    identity: settings.identity,
    policy: settings.policy,
    ceremony: settings.ceremony,

    // No call: the link is made here, and a wrong app key shows on Schwab's page.
    async beginAuthorization() {
      const state = settings.state();
      return succeeded({
        requestToken: new Secret(state),
        requestTokenSecret: new Secret(""),
        authorizeUrl: authorizationUrl(client, state),
      });
    },

    async exchange(_state, _none, code) {
      const askedAt = clock();
      const answer = traced("access-token", await exchangeCode(client, code.reveal(), grantTimeoutMs));
      if (answer.outcome === "lost") return failed(answer.timedOut ? "timed-out" : "unreachable");
      if (answer.outcome === "refused") return classifyExchangeRefusal(answer.httpStatus, answer.body);
      const { refreshToken } = answer.tokens;
      // Without one it is an hour's token of the app's own (client credentials), which no login stands behind.
      if (refreshToken === null) return failed("refresh-token-missing", answer.httpStatus);
      return succeeded(issued(answer, new Secret(refreshToken), askedAt));
    },

    listAccounts: (tokenSet) =>
      readAccounts(settings, "accounts-list", "accountNumbers", tokenSet, parseAccountNumbers),

    renewal: {
      kind: "refresh",
      async refresh(tokenSet) {
        const held = tokenSet.refreshToken;
        if (held === null) throw new Error("A Schwab token set has a refresh token.");
        const askedAt = clock();
        const answer = traced("refresh", await refreshTokens(client, held.reveal(), grantTimeoutMs));
        if (answer.outcome === "lost") return failed(answer.timedOut ? "timed-out" : "unreachable");
        if (answer.outcome === "refused") return classifyRefreshRefusal(answer.httpStatus, answer.body);
        const { refreshToken } = answer.tokens;
        // Whether Schwab replaces refresh tokens is contested: what comes back is kept, else what there was.
        return succeeded(issued(answer, refreshToken === null ? held : new Secret(refreshToken), askedAt));
      },
    },

    // Schwab has none; only a new login or a change of password ends a login early.
    revoke: null,

    readClock: () => readBrokerClock(client.tokenUrl, userAgent),

    balance: (tokenSet, account) =>
      readAccounts(settings, "balance", encodeURIComponent(account.accountIdKey), tokenSet, parseSchwabBalance),

    positions: (tokenSet, account) =>
      readAccounts(
        settings,
        "portfolio",
        `${encodeURIComponent(account.accountIdKey)}?fields=positions`,
        tokenSet,
        parseSchwabPositions,
      ),
  };
}

/** Schwab's keys are letters and digits; anything else came along in copying, and would be encoded before it is sent. */
function alphanumeric(secret: Secret, variable: string): string {
  const value = secret.reveal();
  if (/^[A-Za-z0-9]+$/.test(value)) return value;
  throw new Error(
    `${variable} has to be letters and digits only, as Schwab's developer portal shows it. Copy it again, without spaces or quotes.`,
  );
}
