// Pure. What a program identifies itself with, and what it may do with it.

import type { Act } from "./access.ts";
import { isDrill } from "./drill.ts";

export const apiScopes = ["status", "keepalive", "cron", "confirm", "events", "token"] as const;
export type ApiScope = (typeof apiScopes)[number];

/** What somebody has to be allowed to do to a connection for a program of theirs to use the scope there. */
export const actOf: Readonly<Record<ApiScope, Act>> = {
  status: "see",
  keepalive: "renew",
  cron: "see",
  confirm: "renew",
  events: "see",
  token: "own",
};

/** By it a secret scanner and our own log know a token for what it is. */
export const tokenPrefix = "prebell_";

export const tokenName = /^[A-Za-z0-9][\w.-]{0,39}$/;

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

/** The earliest of both, where null is never. */
export function earlierEnd(a: Temporal.Instant | null, b: Temporal.Instant): Temporal.Instant {
  return a !== null && Temporal.Instant.compare(a, b) < 0 ? a : b;
}

/** Whether the token still opens anything. */
export function isGood({ expiresAt }: ApiToken, now: Temporal.Instant): boolean {
  return expiresAt === null || Temporal.Instant.compare(now, expiresAt) < 0;
}

/** Every token covers the fire drill's: the program rehearses with the person whose token and drill it is. */
export function coversConnection({ connections }: Pick<ApiToken, "connections">, connectionId: string): boolean {
  return connections === null || isDrill(connectionId) || connections.includes(connectionId);
}
