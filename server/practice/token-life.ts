// Pure. How long the practice broker's tokens live; written apart from domain/provider-policy.ts, so that each checks the other.
import type { AccessToken, RequestToken } from "./practice-records.ts";

export type AccessTokenLife = "active" | "inactive" | "expired" | "revoked";

/** E*TRADE, "Get Request Token": five minutes. */
export const requestTokenMinutes = 5;
/** E*TRADE, "Renew Access Token": inactive after two hours without a request. */
export const inactiveAfterHours = 2;

export function isLive(token: RequestToken, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(now, token.issuedAt.add({ minutes: requestTokenMinutes })) < 0;
}

export function lifeOf(token: AccessToken, lifetimeDays: number, now: Temporal.Instant): AccessTokenLife {
  if (token.revoked) return "revoked";
  // E*TRADE: dead from midnight US Eastern. Comparing dates needs no arithmetic on a night of 23 or 25 hours.
  const lastDay = newYorkDate(token.issuedAt).add({ days: lifetimeDays - 1 });
  if (Temporal.PlainDate.compare(newYorkDate(now), lastDay) > 0) return "expired";
  const inactiveAt = token.lastCallAt.add({ hours: inactiveAfterHours });
  return Temporal.Instant.compare(now, inactiveAt) >= 0 ? "inactive" : "active";
}

function newYorkDate(instant: Temporal.Instant): Temporal.PlainDate {
  return instant.toZonedDateTimeISO("America/New_York").toPlainDate();
}
