// The plaintext form of a token set; it exists only between here and the sealed box.
import type { TokenSet } from "../domain/connection.ts";
import { Secret } from "../domain/secret.ts";
import { toInstant, toInstantOrNull, toMillis, toMillisOrNull } from "./epoch-millis.ts";

export interface PlainTokenSet {
  readonly accessToken: string;
  readonly accessTokenSecret: string | null;
  /** Absent in what was sealed before there was a broker with refresh tokens. */
  readonly refreshToken?: string | null;
  readonly accessExpiresAt?: number | null;
  readonly startedAt: number;
  readonly issuedAt: number;
  readonly verifiedAt: number | null;
}

export function revealTokenSet(tokenSet: TokenSet): PlainTokenSet {
  return {
    accessToken: tokenSet.accessToken.reveal(),
    accessTokenSecret: tokenSet.accessTokenSecret?.reveal() ?? null,
    refreshToken: tokenSet.refreshToken?.reveal() ?? null,
    accessExpiresAt: toMillisOrNull(tokenSet.accessExpiresAt),
    startedAt: toMillis(tokenSet.startedAt),
    issuedAt: toMillis(tokenSet.issuedAt),
    verifiedAt: toMillisOrNull(tokenSet.verifiedAt),
  };
}

export function wrapTokenSet(plain: PlainTokenSet): TokenSet {
  return {
    accessToken: new Secret(plain.accessToken),
    accessTokenSecret: secretOrNull(plain.accessTokenSecret),
    refreshToken: secretOrNull(plain.refreshToken),
    accessExpiresAt: toInstantOrNull(plain.accessExpiresAt ?? null),
    startedAt: toInstant(plain.startedAt),
    issuedAt: toInstant(plain.issuedAt),
    verifiedAt: toInstantOrNull(plain.verifiedAt),
  };
}

function secretOrNull(plain: string | null | undefined): Secret | null {
  return plain === null || plain === undefined ? null : new Secret(plain);
}
