// Pure. The facts we keep about a connection; what they mean now is decided in status.ts.
import type { BrokerCall, BrokerFailure } from "./broker-answer.ts";
import type { KeyFacts } from "./broker-keys.ts";
import { firstPersonId } from "./person.ts";
import type { Secret } from "./secret.ts";

export type ProviderId = "etrade" | "schwab";
export type Environment = "prod" | "sandbox";

/** Which connections exist is configuration, or was entered by its owner; everything else about them is recorded. */
export interface ConnectionIdentity {
  /** For example `etrade-prod`, or `etrade-prod-anna` where there are several. */
  readonly id: string;
  readonly provider: ProviderId;
  readonly environment: Environment;
  /** What tells it from others at the same broker: "Anna"; absent where it is the only one. */
  readonly name?: string;
}

/** What is known of the stored token set, without its secrets. */
export interface CurrentToken {
  /** The token store's version number: 1, 2, 3 … */
  readonly version: number;
  /** When the person's tap began this renewal. */
  readonly startedAt: Temporal.Instant;
  /** When the broker issued it: the instant its clocks count from. */
  readonly issuedAt: Temporal.Instant;
  readonly verifiedAt: Temporal.Instant;
  readonly storedAt: Temporal.Instant;
  /** When the access token lapses and has to be refreshed; null where it lives as long as the login. */
  readonly accessExpiresAt: Temporal.Instant | null;
}

export type EndReason = "expired" | "rejected" | "revoked";

export interface AccountPin {
  /** HMAC over the provider, environment and sorted account numbers; hex. */
  readonly fingerprint: string;
  /** For the eye only, for example "••5145 Brokerage". */
  readonly accounts: readonly string[];
  readonly pinnedAt: Temporal.Instant;
}

export interface Connection extends ConnectionIdentity {
  /** Null until the first renewal is stored. */
  readonly token: CurrentToken | null;
  /** The last call that the broker answered with this token. */
  readonly lastSuccess: { readonly at: Temporal.Instant; readonly call: BrokerCall } | null;
  /** The last failed check, kept until the next success. */
  readonly lastFailure: {
    readonly at: Temporal.Instant;
    readonly call: BrokerCall;
    readonly failure: BrokerFailure;
  } | null;
  readonly consecutiveFailures: number;
  /** Set when the token set was seen to be dead; cleared by the next stored version. */
  readonly ended: { readonly at: Temporal.Instant; readonly reason: EndReason } | null;
  readonly pin: AccountPin | null;
  /** The person it belongs to. */
  readonly ownerId: string;
  /** The people who may see it too; their role says what else. */
  readonly sharedWith: readonly string[];
  /** Of the keys that its owner entered; null where the configuration holds them. */
  readonly keys: KeyFacts | null;
  /** What was removed stays in the records, for the journal's sake, and is no connection from then on. */
  readonly removedAt: Temporal.Instant | null;
  /** Rises by one at every commit; a commit on an older revision is refused. */
  readonly revision: number;
}

/** A connection nobody has authorized yet. */
export function newConnection(identity: ConnectionIdentity, ownerId: string = firstPersonId): Connection {
  return {
    id: identity.id,
    provider: identity.provider,
    environment: identity.environment,
    ...(identity.name === undefined ? {} : { name: identity.name }),
    token: null,
    lastSuccess: null,
    lastFailure: null,
    consecutiveFailures: 0,
    ended: null,
    pin: null,
    ownerId,
    sharedWith: [],
    keys: null,
    removedAt: null,
    revision: 0,
  };
}

/** What a broker issues at a login, or for a refresh token. */
export interface IssuedTokens {
  readonly accessToken: Secret;
  /** The access token's other half in OAuth 1.0a; null in OAuth 2.0. */
  readonly accessTokenSecret: Secret | null;
  /** Brings the next access token without the person (OAuth 2.0); null in OAuth 1.0a. */
  readonly refreshToken: Secret | null;
  readonly accessExpiresAt: Temporal.Instant | null;
}

/** Everything needed to call on behalf of a connection, stored together. */
export interface TokenSet extends IssuedTokens {
  readonly startedAt: Temporal.Instant;
  /** The login: no refresh moves it. */
  readonly issuedAt: Temporal.Instant;
  /** When a real call proved it; null only while it is a candidate. */
  readonly verifiedAt: Temporal.Instant | null;
}

/** What is recorded of a token set once it is stored. */
export function tokenFacts(
  version: number,
  { startedAt, issuedAt, accessExpiresAt }: TokenSet,
  verifiedAt: Temporal.Instant,
  storedAt: Temporal.Instant,
): CurrentToken {
  return { version, startedAt, issuedAt, verifiedAt, storedAt, accessExpiresAt };
}

/** One account as the broker lists it. The number never leaves the server. */
export interface Account {
  readonly accountId: string;
  readonly accountIdKey: string;
  readonly description: string;
}

/** "••5145 Brokerage": enough for the owner to recognise, useless to others. */
export function maskedAccount(account: Account): string {
  return `••${account.accountId.slice(-4)} ${account.description}`.trim();
}
