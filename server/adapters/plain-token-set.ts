// The plaintext form of a token set; it exists only between here and the sealed box.
import type { TokenSet } from "../domain/connection.ts";
import { Secret } from "../domain/secret.ts";
import { toInstant, toInstantOrNull, toMillis, toMillisOrNull } from "./epoch-millis.ts";

export interface PlainTokenSet {
  readonly accessToken: string;
  readonly accessTokenSecret: string;
  readonly startedAt: number;
  readonly issuedAt: number;
  readonly verifiedAt: number | null;
}

export function revealTokenSet(tokenSet: TokenSet): PlainTokenSet {
  return {
    accessToken: tokenSet.accessToken.reveal(),
    accessTokenSecret: tokenSet.accessTokenSecret.reveal(),
    startedAt: toMillis(tokenSet.startedAt),
    issuedAt: toMillis(tokenSet.issuedAt),
    verifiedAt: toMillisOrNull(tokenSet.verifiedAt),
  };
}

export function wrapTokenSet(plain: PlainTokenSet): TokenSet {
  return {
    accessToken: new Secret(plain.accessToken),
    accessTokenSecret: new Secret(plain.accessTokenSecret),
    startedAt: toInstant(plain.startedAt),
    issuedAt: toInstant(plain.issuedAt),
    verifiedAt: toInstantOrNull(plain.verifiedAt),
  };
}
