// Pure. How long Schwab's codes, logins and access tokens live; written apart from domain/provider-policy.ts, so that each checks the other.
import type { SchwabAccessToken, SchwabCode, SchwabLogin } from "./schwab-records.ts";

/** Every report agrees: 30 seconds, once. */
export const codeSeconds = 30;
/** `expires_in` of an access token that a login stands behind. */
export const accessSeconds = 1800;
/** `expires_in` of the access token that nobody logged in for. */
export const clientCredentialsSeconds = 3600;
/** Schwab's support: "valid for 7 days … there is no workaround". */
export const loginHours = 7 * 24;

export type SchwabLoginLife = "alive" | "expired" | "killed" | "replaced";
export type SchwabAccessLife = "active" | "lapsed" | "ended";

export function codeIsLive(code: SchwabCode, now: Temporal.Instant): boolean {
  return isBefore(now, code.issuedAt.add({ seconds: codeSeconds }));
}

export function loginDeadline(login: SchwabLogin): Temporal.Instant {
  return login.issuedAt.add({ hours: loginHours });
}

export function loginLife(login: SchwabLogin, now: Temporal.Instant): SchwabLoginLife {
  if (login.end !== null) return login.end;
  return isBefore(now, loginDeadline(login)) ? "alive" : "expired";
}

/**
 * A login that is killed or replaced takes its access tokens along; one that reaches its deadline lets the last of them run
 * out by itself.
 */
export function accessLife(
  token: SchwabAccessToken,
  login: SchwabLogin | undefined,
  now: Temporal.Instant,
): SchwabAccessLife {
  if (token.login !== null && (login === undefined || login.end !== null)) return "ended";
  return isBefore(now, token.expiresAt) ? "active" : "lapsed";
}

function isBefore(one: Temporal.Instant, other: Temporal.Instant): boolean {
  return Temporal.Instant.compare(one, other) < 0;
}
