import type { ApiScope, ApiToken } from "../../server/domain/api-token.ts";
import type { Connection, CurrentToken } from "../../server/domain/connection.ts";
import { newConnection } from "../../server/domain/connection.ts";
import { newPerson, type Person } from "../../server/domain/person.ts";
import type { PendingAuthorization } from "../../server/domain/pending-authorization.ts";
import { Secret } from "../../server/domain/secret.ts";
import { marketDay, type TradingDay } from "../../server/domain/trading-calendar.ts";
import type { WebSession } from "../../server/domain/web-session.ts";

export function at(instant: string): Temporal.Instant {
  return Temporal.Instant.from(instant);
}

export function on(date: string): Temporal.PlainDate {
  return Temporal.PlainDate.from(date);
}

/** Throws on a date without trading, so that a typo in a test is seen. */
export function aTradingDay(date: string): TradingDay {
  const day = marketDay(on(date));
  if (day.kind === "closed") throw new Error(`${date} is no trading day: ${day.occasion}`);
  return day;
}

/** Renewed on Tuesday 10 March 2026 at 08:30 New York; an E*TRADE token set of that day dies at 2026-03-11T04:00Z. */
export function aToken(overrides: Partial<CurrentToken> = {}): CurrentToken {
  return {
    version: 1,
    startedAt: at("2026-03-10T12:29:30Z"),
    issuedAt: at("2026-03-10T12:30:00Z"),
    verifiedAt: at("2026-03-10T12:30:00Z"),
    storedAt: at("2026-03-10T12:30:01Z"),
    accessExpiresAt: null,
    ...overrides,
  };
}

/** Active, just renewed and never failed since. */
export function aConnection(overrides: Partial<Connection> = {}): Connection {
  return {
    ...newConnection({ id: "etrade-prod", provider: "etrade", environment: "prod" }),
    token: aToken(),
    lastSuccess: { at: at("2026-03-10T12:30:00Z"), call: "accounts-list" },
    revision: 1,
    ...overrides,
  };
}

/** Waiting for the person's code since 08:29:30 New York of the same day, for five minutes. */
export function aPending(overrides: Partial<PendingAuthorization> = {}): PendingAuthorization {
  return {
    id: "pending-1",
    connectionId: "etrade-prod",
    sessionId: "session-1",
    stage: "waiting",
    ceremony: "verifier",
    authorizeUrl: "https://us.etrade.com/e/t/etws/authorize?key=k&token=t",
    requestToken: new Secret("request-token"),
    requestTokenSecret: new Secret("request-token-secret"),
    startedAt: at("2026-03-10T12:29:30Z"),
    expiresAt: at("2026-03-10T12:34:30Z"),
    rejectedVerifiers: 0,
    candidate: null,
    failedProofs: 0,
    nextProofAt: null,
    candidatePin: null,
    end: null,
    ...overrides,
  };
}

/** The first person, without a passkey. */
export function aPerson(overrides: Partial<Person> = {}): Person {
  const facts = {
    id: "owner",
    name: "Owner",
    role: "owner",
    chatId: null,
    createdAt: at("2026-03-09T12:00:00Z"),
  } as const;
  return { ...newPerson(facts), ...overrides };
}

/** Signed in by a link on Tuesday 10 March 2026 at 08:29 New York. */
export function aSession(overrides: Partial<WebSession> = {}): WebSession {
  return {
    id: "session-1",
    digest: "digest(cookie)",
    personId: "owner",
    door: "link",
    onlyFor: null,
    createdAt: at("2026-03-10T12:29:00Z"),
    seenAt: at("2026-03-10T12:29:00Z"),
    expiresAt: at("2026-03-11T00:29:00Z"),
    provenAt: null,
    ...overrides,
  };
}

/** Of the configuration, good for every connection. `token`: as the workbench digests it. */
export function anApiToken(token: string, scopes: readonly ApiScope[]): ApiToken {
  const createdAt = at("2026-03-09T12:00:00Z");
  return {
    name: "bot",
    digest: `digest(${token})`,
    scopes,
    connections: null,
    personId: null,
    createdAt,
    expiresAt: null,
  };
}
