// Pure. The clocks each provider's token sets live by, as data. Sources are named at each number.
import type { ProviderId } from "./connection.ts";

export interface ProviderPolicy {
  readonly provider: ProviderId;
  /** `wall-clock`: dies at 00:00 in `timeZone`, `days` dates after the date of issue. `ttl`: dies this long after issue. */
  readonly expiry:
    | { readonly kind: "wall-clock"; readonly timeZone: string; readonly days: number }
    | { readonly kind: "ttl"; readonly lifetime: Temporal.Duration };
  /** Without a call for this long the token set turns idle; null where there is no such limit. */
  readonly idleAfter: Temporal.Duration | null;
  /** Keep-alive calls once no call was answered for this long. */
  readonly keepAliveAfter: Temporal.Duration;
  /** The access token's own, shorter life; null where it lives as long as the login. */
  readonly access: {
    readonly lifetime: Temporal.Duration;
    /** In market hours it is refreshed when it has no more than this left. */
    readonly refreshBefore: Temporal.Duration;
  } | null;
  /** The person is asked so many days before the login's end as well, besides the mornings. */
  readonly askDaysAhead: readonly number[];
  /** A new login ends the tokens of the one before, for every program that uses them. */
  readonly newLoginEndsEarlier: boolean;
  /** How long the person may take at the broker. */
  readonly requestTokenLifetime: Temporal.Duration;
}

/**
 * E*TRADE, developer guide and "Renew Access Token" (developer.etrade.com): an access token dies at midnight US Eastern and
 * turns inactive after two hours without a request; a request token lives five minutes. Some keys are granted longer lives,
 * hence `lifetimeDays`. Keep-alive after one hour leaves a second chance before the two are over.
 */
export function etradePolicy(lifetimeDays = 1): ProviderPolicy {
  return {
    provider: "etrade",
    expiry: { kind: "wall-clock", timeZone: "America/New_York", days: lifetimeDays },
    idleAfter: Temporal.Duration.from({ hours: 2 }),
    keepAliveAfter: Temporal.Duration.from({ hours: 1 }),
    access: null,
    askDaysAhead: [],
    newLoginEndsEarlier: false,
    requestTokenLifetime: Temporal.Duration.from({ minutes: 5 }),
  };
}

/**
 * Schwab, Trader API (support's answers and what users measured): the login, and with it the refresh token, ends seven times 24
 * hours after it was made, whatever is refreshed meanwhile; an access token lives 30 minutes; a new login ends the one before.
 */
export function schwabPolicy(): ProviderPolicy {
  return {
    provider: "schwab",
    expiry: { kind: "ttl", lifetime: Temporal.Duration.from({ hours: 7 * 24 }) },
    idleAfter: null,
    keepAliveAfter: Temporal.Duration.from({ minutes: 25 }),
    access: {
      lifetime: Temporal.Duration.from({ minutes: 30 }),
      refreshBefore: Temporal.Duration.from({ minutes: 5 }),
    },
    askDaysAhead: [3, 1],
    newLoginEndsEarlier: true,
    // The state is good for ten minutes; the code that comes back lives thirty seconds at Schwab.
    requestTokenLifetime: Temporal.Duration.from({ minutes: 10 }),
  };
}

// Time zone arithmetic takes microseconds, and each tick asks this of every connection several times.
const answers = new WeakMap<
  Temporal.Instant,
  { readonly policy: ProviderPolicy; readonly deadline: Temporal.Instant }
>();

/** The first instant at which a token set issued at `issuedAt` is dead for good. */
export function expiresAt(policy: ProviderPolicy, issuedAt: Temporal.Instant): Temporal.Instant {
  const known = answers.get(issuedAt);
  if (known?.policy === policy) return known.deadline;
  const deadline = computeExpiry(policy, issuedAt);
  answers.set(issuedAt, { policy, deadline });
  return deadline;
}

function computeExpiry({ expiry }: ProviderPolicy, issuedAt: Temporal.Instant): Temporal.Instant {
  switch (expiry.kind) {
    case "wall-clock": {
      // By calendar date, never +24 h: New York has days of 23 and 25 hours.
      const issued = issuedAt.toZonedDateTimeISO(expiry.timeZone);
      return issued.toPlainDate().add({ days: expiry.days }).toZonedDateTime(expiry.timeZone).toInstant();
    }
    case "ttl":
      return issuedAt.add(expiry.lifetime);
  }
}

/**
 * When the token set turns idle, which keep-alive mends without the person: its access token lapses, or no call was made for
 * too long. Null where the provider knows neither.
 */
export function idleAt(
  policy: ProviderPolicy,
  accessExpiresAt: Temporal.Instant | null,
  lastCallAt: Temporal.Instant,
): Temporal.Instant | null {
  if (accessExpiresAt !== null) return accessExpiresAt;
  return policy.idleAfter === null ? null : lastCallAt.add(policy.idleAfter);
}
