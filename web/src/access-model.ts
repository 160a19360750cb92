// Pure. The access token's own clock, which runs again by itself: never to be taken for the login's, which needs the person.
import type { ConnectionView } from "../../server/http/contract.ts";

export interface Access {
  /** Milliseconds until the access token lapses; 0 once it has. */
  ms: number;
  /** Whether it is fetched anew before it lapses; otherwise when somebody asks for it, or before the next open. */
  bySelf: boolean;
}

/** Null where there is no such clock, or no living login behind it. */
export function accessOf({ status, token, keepAlive }: ConnectionView, now: number): Access | null {
  if (status.expiresAt === null || !token?.accessExpiresAt) return null;
  const lapsesAt = Date.parse(token.accessExpiresAt);
  const next = keepAlive.nextCallAt;
  return { ms: Math.max(0, lapsesAt - now), bySelf: next !== null && Date.parse(next) <= lapsesAt };
}

/** Whether keep-alive means a new access token: the broker lets a login live on while its access tokens lapse. */
export function refreshes({ token }: ConnectionView): boolean {
  return (token?.accessExpiresAt ?? null) !== null;
}
