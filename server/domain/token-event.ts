// Pure. What the trading system is told. No event carries a token.
import type { Connection } from "./connection.ts";
import { isDrill } from "./drill.ts";

export type TokenEventType =
  | "token.renewed"
  | "token.refreshed"
  | "token.expired"
  | "token.revoked"
  | "authorization.needed"
  | "keepalive.failing"
  | "keepalive.recovered";

export interface TokenEventDraft {
  readonly id: string;
  readonly type: TokenEventType;
  readonly at: Temporal.Instant;
  readonly connectionId: string;
  readonly provider: string;
  readonly environment: string;
  readonly secretVersion: number | null;
  readonly issuedAt: Temporal.Instant | null;
  readonly expiresAt: Temporal.Instant | null;
}

/** A recorded event; `sequence` rises by one per event over all connections and is where a reader resumes. */
export interface TokenEvent extends TokenEventDraft {
  readonly sequence: number;
}

export function tokenEvent(
  id: string,
  type: TokenEventType,
  at: Temporal.Instant,
  connection: Connection,
  expiresAt: Temporal.Instant | null,
): TokenEventDraft {
  return {
    id,
    type,
    at,
    connectionId: connection.id,
    provider: connection.provider,
    environment: connection.environment,
    secretVersion: connection.token?.version ?? null,
    issuedAt: connection.token?.issuedAt ?? null,
    expiresAt,
  };
}

/** The wire form: CloudEvents 1.0, JSON event format (cloudevents.io, JSON Format §3). */
export function toCloudEvent(event: TokenEvent): object {
  return {
    specversion: "1.0",
    id: event.id,
    source: "prebell",
    type: event.type,
    subject: event.connectionId,
    time: event.at.toString(),
    datacontenttype: "application/json",
    // An extension attribute: a trading system passes it over, or rehearses with it.
    ...(isDrill(event.connectionId) ? { drill: true } : {}),
    data: {
      connection: event.connectionId,
      provider: event.provider,
      environment: event.environment,
      secretVersion: event.secretVersion,
      issuedAt: event.issuedAt?.toString() ?? null,
      expiresAt: event.expiresAt?.toString() ?? null,
      sequence: event.sequence,
    },
  };
}
