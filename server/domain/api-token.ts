// Pure. What a program identifies itself with, and what it may do with it.

export const apiScopes = ["status", "keepalive", "cron", "confirm", "events", "token"] as const;
export type ApiScope = (typeof apiScopes)[number];

export interface ApiToken {
  /** Chosen by its owner, for example "trading-bot". Two may share a name while one replaces the other. */
  readonly name: string;
  /** SHA-256 of the token, hex: the token itself is kept nowhere. It also identifies the record. */
  readonly digest: string;
  readonly scopes: readonly ApiScope[];
  /** The connections it is good for; null: all of them, now and later. */
  readonly connections: readonly string[] | null;
  /** Who made it; null where it stands in the configuration. */
  readonly personId: string | null;
  readonly createdAt: Temporal.Instant;
  /** From then on it opens nothing; null: until it is revoked. */
  readonly expiresAt: Temporal.Instant | null;
}

/** Whether the token still opens anything. */
export function isGood({ expiresAt }: ApiToken, now: Temporal.Instant): boolean {
  return expiresAt === null || Temporal.Instant.compare(now, expiresAt) < 0;
}

export function coversConnection({ connections }: Pick<ApiToken, "connections">, connectionId: string): boolean {
  return connections === null || connections.includes(connectionId);
}
