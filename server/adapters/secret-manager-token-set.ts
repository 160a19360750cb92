// The canonical payload of one version, which trading systems read as well; this comment is its documentation:
// {
//   "schema": 1,                              changes only if a reader of 1 would misread it
//   "connection": "etrade-prod",
//   "provider": "etrade",
//   "environment": "prod",
//   "accessToken": "…",
//   "accessTokenSecret": "…",                 OAuth 1.0a's other half (E*TRADE); null for others
//   "refreshToken": "…",                      brings the next access token (Schwab); null for others. Leave it to Prebell
//   "accessExpiresAt": "2026-03-10T13:00:00Z", when the access token lapses (Schwab); null where it lives as long as the login
//   "startedAt": "2026-03-10T12:29:30Z",      when the person began this renewal
//   "issuedAt": "2026-03-10T12:30:00Z",       when the broker issued it: its clocks count from here
//   "verifiedAt": "2026-03-10T12:30:01Z"      when a real call proved it; null if none has
// }
// Instants are ISO 8601 in UTC, in whole milliseconds. Unknown members may be added; ignore them.
import { z } from "zod";
import type { TokenSet } from "../domain/connection.ts";
import { Secret } from "../domain/secret.ts";

const schema = 1;

const instant = z.iso.datetime().transform((text) => Temporal.Instant.from(text));
const shape = z.object({
  schema: z.literal(schema),
  connection: z.string(),
  accessToken: z.string(),
  accessTokenSecret: z.string().nullable(),
  refreshToken: z.string().nullable().default(null),
  accessExpiresAt: instant.nullable().default(null),
  startedAt: instant,
  issuedAt: instant,
  verifiedAt: instant.nullable(),
});

export function tokenSetText(connectionId: string, tokenSet: TokenSet): string {
  const [provider, environment] = connectionId.split("-");
  return JSON.stringify({
    schema,
    connection: connectionId,
    provider,
    environment,
    accessToken: tokenSet.accessToken.reveal(),
    accessTokenSecret: tokenSet.accessTokenSecret?.reveal() ?? null,
    refreshToken: tokenSet.refreshToken?.reveal() ?? null,
    accessExpiresAt: tokenSet.accessExpiresAt === null ? null : inMilliseconds(tokenSet.accessExpiresAt),
    startedAt: inMilliseconds(tokenSet.startedAt),
    issuedAt: inMilliseconds(tokenSet.issuedAt),
    verifiedAt: tokenSet.verifiedAt === null ? null : inMilliseconds(tokenSet.verifiedAt),
  });
}

/** The same without the refresh token: what trading systems read. */
export function accessOnlyText(connectionId: string, tokenSet: TokenSet): string {
  return tokenSetText(connectionId, { ...tokenSet, refreshToken: null });
}

/** Null if the text is not of that form or belongs to another connection. */
export function parseTokenSet(connectionId: string, text: string): TokenSet | null {
  const parsed = shape.safeParse(json(text));
  if (!parsed.success || parsed.data.connection !== connectionId) return null;
  const { accessToken, accessTokenSecret, refreshToken, accessExpiresAt, startedAt, issuedAt, verifiedAt } =
    parsed.data;
  return {
    accessToken: new Secret(accessToken),
    accessTokenSecret: accessTokenSecret === null ? null : new Secret(accessTokenSecret),
    refreshToken: refreshToken === null ? null : new Secret(refreshToken),
    accessExpiresAt,
    startedAt,
    issuedAt,
    verifiedAt,
  };
}

/** Undefined if it is none; the parser's own message would quote the text. */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Rounded down. */
function inMilliseconds(time: Temporal.Instant): string {
  return Temporal.Instant.fromEpochMilliseconds(time.epochMilliseconds).toString();
}
