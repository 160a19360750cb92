import type { TokenSet } from "../../server/domain/connection.ts";
import { Secret } from "../../server/domain/secret.ts";
import { at } from "../support/builders.ts";

/** Verified, issued on Tuesday 10 March 2026 at 08:30 New York. */
export function aTokenSet(
  overrides: { token?: string; secret?: string; issuedAt?: Temporal.Instant; verifiedAt?: null } = {},
): TokenSet {
  const { token = "access-token", secret = "access-token-secret", issuedAt = at("2026-03-10T12:30:00Z") } = overrides;
  return {
    accessToken: new Secret(token),
    accessTokenSecret: new Secret(secret),
    refreshToken: null,
    accessExpiresAt: null,
    startedAt: at("2026-03-10T12:29:30Z"),
    issuedAt,
    verifiedAt: overrides.verifiedAt === null ? null : at("2026-03-10T12:30:01Z"),
  };
}

/** Of a broker with refresh tokens: refreshed half an hour after that login. */
export function aRefreshedTokenSet(): TokenSet {
  return {
    ...aTokenSet(),
    accessTokenSecret: null,
    refreshToken: new Secret("refresh-token"),
    accessExpiresAt: at("2026-03-10T13:30:00.123Z"),
  };
}

/** In plain text, because two different secrets look equal to `toEqual`. */
export function revealed(tokenSet: TokenSet | null): object | null {
  if (tokenSet === null) return null;
  return {
    ...tokenSet,
    accessToken: tokenSet.accessToken.reveal(),
    accessTokenSecret: tokenSet.accessTokenSecret?.reveal() ?? null,
    refreshToken: tokenSet.refreshToken?.reveal() ?? null,
    accessExpiresAt: tokenSet.accessExpiresAt?.toString() ?? null,
    startedAt: tokenSet.startedAt.toString(),
    issuedAt: tokenSet.issuedAt.toString(),
    verifiedAt: tokenSet.verifiedAt?.toString() ?? null,
  };
}
