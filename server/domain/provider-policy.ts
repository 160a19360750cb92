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
    requestTokenLifetime: Temporal.Duration.from({ minutes: 5 }),
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

/** When the token set turns idle if no further call is made; null where the provider has no idle limit. */
export function idleAt(policy: ProviderPolicy, lastCallAt: Temporal.Instant): Temporal.Instant | null {
  return policy.idleAfter === null ? null : lastCallAt.add(policy.idleAfter);
}
