// Part of sqlite-record-store.ts: the connections table.
import type { DatabaseSync } from "node:sqlite";
import type { BrokerCall, BrokerFailure } from "../domain/broker-answer.ts";
import type { Connection, EndReason, Environment, ProviderId } from "../domain/connection.ts";
import { toInstant, toMillis, toMillisOrNull } from "./sqlite-instants.ts";
import { query } from "./sqlite-query.ts";

export interface ConnectionTable {
  all(): readonly Connection[];
  one(id: string): Connection | null;
  /** Writes revision + 1; false if the stored revision is another. Call inside a transaction. */
  write(connection: Connection): boolean;
}

const columns = [
  "id",
  "provider",
  "environment",
  "revision",
  "consecutive_failures",
  "token_version",
  "token_started_at",
  "token_issued_at",
  "token_verified_at",
  "token_stored_at",
  "success_at",
  "success_call",
  "failure",
  "ended_at",
  "ended_reason",
  "pin_fingerprint",
  "pin_accounts",
  "pin_at",
];

// In the order of `columns`. The columns of one fact are null together, which its first one tells.
type Row = [
  id: string,
  provider: ProviderId,
  environment: Environment,
  revision: number,
  consecutiveFailures: number,
  version: number | null,
  startedAt: number,
  issuedAt: number,
  verifiedAt: number,
  storedAt: number,
  successAt: number | null,
  successCall: BrokerCall,
  failure: string | null,
  endedAt: number | null,
  endedReason: EndReason,
  fingerprint: string | null,
  accounts: string,
  pinnedAt: number,
];

interface PlainFailure {
  readonly at: number;
  readonly call: BrokerCall;
  readonly failure: BrokerFailure;
}

export function connectionTable(db: DatabaseSync): ConnectionTable {
  const list = columns.join(", ");
  // Rows as arrays: ten thousand connections in half the time of rows as objects.
  const selectAll = query<Row>(db, `SELECT ${list} FROM connections ORDER BY id`, { returnArrays: true });
  const selectOne = query<Row>(db, `SELECT ${list} FROM connections WHERE id = ?`, { returnArrays: true });
  const insert = db.prepare(
    `INSERT INTO connections (${list}) VALUES (${columns.map((name) => `:${name}`).join(", ")}) ON CONFLICT DO NOTHING`,
  );
  const update = db.prepare(
    `UPDATE connections SET ${columns.map((name) => `${name} = :${name}`).join(", ")} WHERE id = :id AND revision = :revision - 1`,
  );

  // A revision never changes its content, so a connection decoded once is good until its revision rises.
  const decoded = new Map<string, Connection>();
  const decode = (row: Row): Connection => {
    const known = decoded.get(row[0]);
    if (known?.revision === row[3]) return known;
    const connection = toConnection(row);
    decoded.set(connection.id, connection);
    return connection;
  };

  return {
    all: () => selectAll.all().map(decode),
    one(id) {
      const row = selectOne.get(id);
      return row === undefined ? null : decode(row);
    },
    write(connection) {
      const statement = connection.revision === 0 ? insert : update;
      return statement.run(toColumns(connection)).changes === 1;
    },
  };
}

function toColumns(connection: Connection): Record<string, string | number | null> {
  const { token, lastSuccess, lastFailure, ended, pin } = connection;
  return {
    id: connection.id,
    provider: connection.provider,
    environment: connection.environment,
    revision: connection.revision + 1,
    consecutive_failures: connection.consecutiveFailures,
    token_version: token?.version ?? null,
    token_started_at: toMillisOrNull(token?.startedAt),
    token_issued_at: toMillisOrNull(token?.issuedAt),
    token_verified_at: toMillisOrNull(token?.verifiedAt),
    token_stored_at: toMillisOrNull(token?.storedAt),
    success_at: toMillisOrNull(lastSuccess?.at),
    success_call: lastSuccess?.call ?? null,
    failure: lastFailure === null ? null : JSON.stringify({ ...lastFailure, at: toMillis(lastFailure.at) }),
    ended_at: toMillisOrNull(ended?.at),
    ended_reason: ended?.reason ?? null,
    pin_fingerprint: pin?.fingerprint ?? null,
    pin_accounts: pin === null ? null : JSON.stringify(pin.accounts),
    pin_at: toMillisOrNull(pin?.pinnedAt),
  };
}

function toConnection(row: Row): Connection {
  const [
    id,
    provider,
    environment,
    revision,
    consecutiveFailures,
    version,
    startedAt,
    issuedAt,
    verifiedAt,
    storedAt,
    successAt,
    successCall,
    failure,
    endedAt,
    endedReason,
    fingerprint,
    accounts,
    pinnedAt,
  ] = row;
  return {
    id,
    provider,
    environment,
    token:
      version === null
        ? null
        : {
            version,
            startedAt: toInstant(startedAt),
            issuedAt: toInstant(issuedAt),
            verifiedAt: toInstant(verifiedAt),
            storedAt: toInstant(storedAt),
          },
    lastSuccess: successAt === null ? null : { at: toInstant(successAt), call: successCall },
    lastFailure: failure === null ? null : toFailure(JSON.parse(failure)),
    consecutiveFailures,
    ended: endedAt === null ? null : { at: toInstant(endedAt), reason: endedReason },
    pin: fingerprint === null ? null : { fingerprint, accounts: JSON.parse(accounts), pinnedAt: toInstant(pinnedAt) },
    revision,
  };
}

function toFailure({ at, call, failure }: PlainFailure): Connection["lastFailure"] {
  return { at: toInstant(at), call, failure };
}
