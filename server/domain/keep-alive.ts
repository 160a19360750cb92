// Pure. When a connection is called so that it never turns idle, and what a failed check leads to.
import type { BrokerFailure } from "./broker-answer.ts";
import type { Connection, CurrentToken } from "./connection.ts";
import { expiresAt, type ProviderPolicy } from "./provider-policy.ts";
import { marketDay, newYorkDate, nextTradingDay } from "./trading-calendar.ts";

/** Failed checks in a row after which the person is warned. */
export const warnAfterFailures = 3;

/**
 * Waits after the 1st, 2nd, 3rd … failed check in a row; the last one repeats. First retries within a minute or two, because
 * E*TRADE's 500s around the open clear by themselves; three failures, and so the warning, within five minutes of the first.
 */
const retryAfterSeconds = {
  transient: [30, 90, 180, 300, 600],
  // E*TRADE counts calls per hour; hurrying only prolongs it.
  "rate-limited": [120, 300, 600, 900],
  // A rejected key or a wrong clock is mended by the operator; a retry finds out that it was.
  misconfigured: [300, 600, 900],
} as const;

/** How long to leave the broker alone after `failures` failed checks in a row; null when only the person can help. */
export function retryAfter(failure: BrokerFailure, failures: number): Temporal.Duration | null {
  if (failure.kind === "needs-person") return null;
  const table = retryAfterSeconds[failure.kind];
  const seconds = table[Math.min(Math.max(failures, 1), table.length) - 1];
  return Temporal.Duration.from({ seconds: seconds ?? 600 });
}

/** The same for the call that proves a new token: the person is waiting, so the first two come within seconds. */
export function proofRetryAfter(failure: BrokerFailure, failures: number): Temporal.Duration {
  const hasty = failure.kind === "transient" && failures <= 2;
  return (hasty ? null : retryAfter(failure, failures - 2)) ?? Temporal.Duration.from({ seconds: 5 });
}

/** When the next check is due; null when there is nothing to keep alive. May lie in the past. */
export function nextCheckAt(connection: Connection, policy: ProviderPolicy): Temporal.Instant | null {
  const { token, ended, lastFailure, lastSuccess, consecutiveFailures } = connection;
  if (token === null || ended !== null) return null;
  const regular = refreshAt(token, policy) ?? (lastSuccess?.at ?? token.issuedAt).add(policy.keepAliveAfter);
  const wait = lastFailure === null ? null : retryAfter(lastFailure.failure, consecutiveFailures);
  const due = lastFailure === null || wait === null ? regular : lastFailure.at.add(wait);
  // Nothing is called after death.
  return Temporal.Instant.compare(due, expiresAt(policy, token.issuedAt)) < 0 ? due : null;
}

/** So long before the open the first access token of the day is fetched: early enough for a second try. */
const freshBeforeOpen = Temporal.Duration.from({ minutes: 10 });

/**
 * When an access token is due for its refresh: before it lapses, in market hours; what
 * lapses outside of them waits for the next open. Null where nothing lapses.
 */
function refreshAt({ accessExpiresAt, storedAt }: CurrentToken, { access }: ProviderPolicy): Temporal.Instant | null {
  if (accessExpiresAt === null || access === null) return null;
  // A broker that gives less than that lead must not be asked without a pause.
  const wanted = later(accessExpiresAt.subtract(access.refreshBefore), storedAt.add(access.refreshBefore));
  const date = newYorkDate(wanted);
  const today = marketDay(date);
  const day =
    today.kind === "trading" && Temporal.Instant.compare(wanted, today.close) < 0 ? today : nextTradingDay(date);
  const begins = day.open.subtract(freshBeforeOpen);
  return Temporal.Instant.compare(wanted, begins) < 0 ? begins : wanted;
}

function later(a: Temporal.Instant, b: Temporal.Instant): Temporal.Instant {
  return Temporal.Instant.compare(a, b) > 0 ? a : b;
}

/** Whether the access token is good for `ahead` more, as far as its own clock says. */
export function isFreshFor(connection: Connection, ahead: Temporal.Duration, now: Temporal.Instant): boolean {
  const accessExpiresAt = connection.token?.accessExpiresAt ?? null;
  return accessExpiresAt === null || Temporal.Instant.compare(now.add(ahead), accessExpiresAt) < 0;
}

/** Whether there is a token set that its clock and the broker have left alive: the ones worth a call. */
export function isAlive(connection: Connection, policy: ProviderPolicy, now: Temporal.Instant): boolean {
  return (
    connection.token !== null &&
    connection.ended === null &&
    Temporal.Instant.compare(now, expiresAt(policy, connection.token.issuedAt)) < 0
  );
}

export function isCheckDue(connection: Connection, policy: ProviderPolicy, now: Temporal.Instant): boolean {
  const due = nextCheckAt(connection, policy);
  return due !== null && Temporal.Instant.compare(due, now) <= 0 && isAlive(connection, policy, now);
}

/** Whether this token set died of its own clock and nobody has recorded that yet. */
export function hasJustExpired(connection: Connection, policy: ProviderPolicy, now: Temporal.Instant): boolean {
  return connection.token !== null && connection.ended === null && !isAlive(connection, policy, now);
}
