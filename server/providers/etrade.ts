// E*TRADE: OAuth 1.0a over GET, signed headers only (apisb.etrade.com/docs/api/authorization).
import { type BrokerAnswer, failed, succeeded } from "../domain/broker-answer.ts";
import type { ConnectionIdentity, TokenSet } from "../domain/connection.ts";
import type { Ceremony } from "../domain/pending-authorization.ts";
import type { ProviderPolicy } from "../domain/provider-policy.ts";
import { Secret } from "../domain/secret.ts";
import type { Clock, Provider } from "../ports.ts";
import { readBrokerClock } from "./broker-clock.ts";
import { parseAccounts, parseBalance, parsePositions, unknownBalance } from "./etrade-accounts.ts";
import { acceptableTimestamps, classifyRefusal, parseTokenPair } from "./etrade-answer.ts";
import { patiently } from "./patience.ts";
import { authorizationHeader, type Credentials, type Parameter } from "./oauth1.ts";

export interface EtradeSettings {
  readonly identity: ConnectionIdentity;
  readonly policy: ProviderPolicy;
  readonly ceremony: Ceremony;
  readonly consumerKey: Secret;
  readonly consumerSecret: Secret;
  readonly oauthUrl: string;
  readonly authorizeUrl: string;
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly nonce: () => string;
  /** Answers the calls in the network's place: a fire drill's broker lives in this process. */
  readonly fetch?: (url: URL, init: RequestInit) => Promise<Response>;
  /** For tests: waits before a call is tried again. */
  readonly pause?: (milliseconds: number) => Promise<unknown>;
}

interface Reply {
  readonly httpStatus: number;
  readonly body: string;
}

const callTimeoutMs = 10_000;
// A verifier works once, so its exchange is given longer before we stop listening for the answer.
const exchangeTimeoutMs = 30_000;

export function createEtrade(settings: EtradeSettings): Provider {
  // Learnt from a timestamp_refused answer; kept, so that a wrong clock costs one refused call and not one per call.
  let clockCorrectionSeconds = 0;
  const consumer = { consumerKey: settings.consumerKey.reveal(), consumerSecret: settings.consumerSecret.reveal() };
  const withToken = (token: Secret, tokenSecret: Secret): Credentials => ({
    ...consumer,
    token: token.reveal(),
    tokenSecret: tokenSecret.reveal(),
  });
  const withTokenSet = ({ accessToken, accessTokenSecret }: TokenSet) => {
    if (accessTokenSecret === null) throw new Error("An OAuth 1.0a token set has a token secret.");
    return withToken(accessToken, accessTokenSecret);
  };

  async function send(url: URL, credentials: Credentials, extra: readonly Parameter[], timeoutMs: number) {
    const seconds = Math.floor(settings.clock().epochMilliseconds / 1000) + clockCorrectionSeconds;
    const authorization = authorizationHeader("GET", url, credentials, extra, seconds, settings.nonce());
    try {
      const response = await (settings.fetch ?? fetch)(url, {
        headers: { authorization, accept: "application/json" },
        // A followed redirect would send the spent nonce again, and to somebody else.
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      return succeeded<Reply>({ httpStatus: response.status, body: await response.text() });
    } catch (error) {
      const timedOut = error instanceof Error && error.name === "TimeoutError";
      return failed(timedOut ? "timed-out" : "unreachable");
    }
  }

  /** One signed GET. A refused timestamp or nonce was not acted on by the broker, so it is tried once more. */
  async function get(
    url: URL,
    credentials: Credentials,
    extra: readonly Parameter[] = [],
    timeoutMs = callTimeoutMs,
    secondTry = false,
  ): Promise<BrokerAnswer<Reply>> {
    const sent = await send(url, credentials, extra, timeoutMs);
    if (!sent.ok || (sent.value.httpStatus >= 200 && sent.value.httpStatus < 300)) return sent;
    const refusal = classifyRefusal(sent.value.httpStatus, sent.value.body);
    if (secondTry) return refusal;
    if (refusal.failure.reason === "nonce-used") return get(url, credentials, extra, timeoutMs, true);
    const window = refusal.failure.reason === "clock-skew" ? acceptableTimestamps(sent.value.body) : null;
    if (window === null) return refusal;
    const ourSeconds = Math.floor(settings.clock().epochMilliseconds / 1000);
    clockCorrectionSeconds = Math.round((window.from + window.to) / 2) - ourSeconds;
    return get(url, credentials, extra, timeoutMs, true);
  }

  const oauth = (path: string) => new URL(`${settings.oauthUrl}/${path}`);
  const api = (path: string) => new URL(`${settings.apiUrl}/v1/${path}`);

  /** A call to /v1 whose body `parse` must recognise; a page in its place is not a success. */
  async function read<T>(url: URL, tokenSet: TokenSet, empty: T, parse: (body: string) => T | null) {
    const answer = await get(url, withTokenSet(tokenSet));
    if (!answer.ok) return answer;
    if (answer.value.httpStatus === 204) return succeeded(empty);
    const value = parse(answer.value.body);
    return value === null ? failed("unexpected-answer", answer.value.httpStatus) : succeeded(value);
  }

  /** For the calls that come in a row, one for each account: E*TRADE takes two in a second, and names no time to wait. */
  function readPatiently<T>(url: URL, tokenSet: TokenSet, empty: T, parse: (body: string) => T | null) {
    const ask = async () => ({ answer: await read(url, tokenSet, empty, parse), retryAfter: null });
    return patiently(ask, settings.clock, settings.pause);
  }

  return {
    identity: settings.identity,
    policy: settings.policy,
    ceremony: settings.ceremony,

    async beginAuthorization() {
      // Always "oob", with a registered callback too: any other value is refused with 400.
      const answer = tokenPair(await get(oauth("request_token"), consumer, [["oauth_callback", "oob"]]));
      if (!answer.ok) return withoutToken(answer);
      const authorizeUrl = new URL(settings.authorizeUrl);
      // `searchParams` encodes "+" and "/"; left raw they end in E*TRADE's "logon delay" page.
      authorizeUrl.searchParams.set("key", consumer.consumerKey);
      authorizeUrl.searchParams.set("token", answer.value.token);
      return succeeded({
        requestToken: new Secret(answer.value.token),
        requestTokenSecret: new Secret(answer.value.tokenSecret),
        authorizeUrl: authorizeUrl.href,
      });
    },

    async exchange(requestToken, requestTokenSecret, verifier) {
      const credentials = withToken(requestToken, requestTokenSecret);
      const extra: Parameter[] = [["oauth_verifier", verifier.reveal()]];
      const answer = tokenPair(await get(oauth("access_token"), credentials, extra, exchangeTimeoutMs));
      if (!answer.ok) return answer;
      return succeeded({
        accessToken: new Secret(answer.value.token),
        accessTokenSecret: new Secret(answer.value.tokenSecret),
        refreshToken: null,
        accessExpiresAt: null,
      });
    },

    listAccounts: (tokenSet) => read(api("accounts/list"), tokenSet, [], parseAccounts),

    renewal: {
      kind: "revive",
      async renew(tokenSet) {
        const answer = await get(oauth("renew_access_token"), withTokenSet(tokenSet));
        return answer.ok ? succeeded(undefined) : answer;
      },
    },

    async revoke(tokenSet) {
      const answer = await get(oauth("revoke_access_token"), withTokenSet(tokenSet));
      return answer.ok ? succeeded(undefined) : answer;
    },

    readClock: () => readBrokerClock(oauth("request_token"), "prebell"),

    balance: (tokenSet, account) =>
      readPatiently(
        api(`accounts/${encodeURIComponent(account.accountIdKey)}/balance?instType=BROKERAGE&realTimeNAV=true`),
        tokenSet,
        unknownBalance,
        parseBalance,
      ),

    positions: (tokenSet, account) =>
      readPatiently(
        api(`accounts/${encodeURIComponent(account.accountIdKey)}/portfolio`),
        tokenSet,
        [],
        parsePositions,
      ),
  };
}

/** Where no token was sent, "invalid token or key" can only mean the key. */
function withoutToken(answer: Extract<BrokerAnswer<unknown>, { ok: false }>) {
  return answer.failure.kind === "needs-person" ? failed("consumer-key-rejected", answer.failure.httpStatus) : answer;
}

function tokenPair(answer: BrokerAnswer<Reply>) {
  if (!answer.ok) return answer;
  const pair = parseTokenPair(answer.value.body);
  return pair === null ? failed("unexpected-answer", answer.value.httpStatus) : succeeded(pair);
}
