// Part of sqlite-record-store.ts: the connections table.
import type { DatabaseSync } from "node:sqlite";
import type { BrokerCall, BrokerFailure } from "../domain/broker-answer.ts";
import type { Connection, EndReason, Environment, ProviderId } from "../domain/connection.ts";
import { toInstant, toInstantOrNull, toMillis, toMillisOrNull } from "./epoch-millis.ts";
import { query } from "./sqlite-query.ts";

export interface ConnectionTable {
  all(): readonly Connection[];
  one(id: string): Connection | null;
  /** Writes revision + 1; false if the stored revision is another. Call inside a transaction that bumps the change counter. */
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
  "token_access_expires_at",
  "name",
  "owner_id",
  "shared_with",
  "keys_masked",
  "keys_at",
  "removed_at",
];

// `changed`, then in the order of `columns`. The columns of one fact are null together, which its first one tells.
type Row = [
  changed: number,
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
  accessExpiresAt: number | null,
  name: string | null,
  ownerId: string,
  sharedWith: string,
  keysMasked: string | null,
  keysAt: number,
  removedAt: number | null,
];

interface PlainFailure {
  readonly at: number;
  readonly call: BrokerCall;
  readonly failure: BrokerFailure;
}

export function connectionTable(db: DatabaseSync): ConnectionTable {
  const list = columns.join(", ");
  // Rows as arrays: ten thousand connections in half the time of rows as objects.
  const selectChanged = query<Row>(db, `SELECT changed, ${list} FROM connections WHERE changed > ? ORDER BY id`, {
    returnArrays: true,
  });
  const selectOne = query<Row>(db, `SELECT changed, ${list} FROM connections WHERE id = ?`, { returnArrays: true });
  // `changed` is what the change counter will say once this transaction is committed.
  const insert = db.prepare(`
    INSERT INTO connections (${list}, changed)
    SELECT ${columns.map((name) => `:${name}`).join(", ")}, count + 1 FROM changes WHERE true ON CONFLICT DO NOTHING`);
  const update = db.prepare(`
    UPDATE connections SET ${columns.map((name) => `${name} = :${name}`).join(", ")}, changed = (SELECT count + 1 FROM changes)
    WHERE id = :id AND revision = :revision - 1`);

  // A copy of the table, because decoding ten thousand rows takes longer than everything else in a tick that finds
  // nothing due. Writers take turns, so whatever is committed later has a greater `changed`; no row is ever deleted.
  const known = new Map<string, Connection>();
  let sorted: readonly Connection[] = [];
  let seen = 0;

  return {
    all() {
      const rows = selectChanged.all(seen);
      if (rows.length === 0) return sorted;
      for (const row of rows) {
        known.set(row[1], toConnection(row));
        seen = Math.max(seen, row[0]);
      }
      sorted = [...known.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
      return sorted;
    },
    one(id) {
      const row = selectOne.get(id);
      return row === undefined ? null : toConnection(row);
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
    token_access_expires_at: toMillisOrNull(token?.accessExpiresAt),
    name: connection.name ?? null,
    owner_id: connection.ownerId,
    shared_with: JSON.stringify(connection.sharedWith),
    keys_masked: connection.keys?.masked ?? null,
    keys_at: toMillisOrNull(connection.keys?.storedAt),
    removed_at: toMillisOrNull(connection.removedAt),
  };
}

function toConnection(row: Row): Connection {
  const [
    ,
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
    accessExpiresAt,
    name,
    ownerId,
    sharedWith,
    keysMasked,
    keysAt,
    removedAt,
  ] = row;
  return {
    id,
    provider,
    environment,
    ...(name === null ? {} : { name }),
    token:
      version === null
        ? null
        : {
            version,
            startedAt: toInstant(startedAt),
            issuedAt: toInstant(issuedAt),
            verifiedAt: toInstant(verifiedAt),
            storedAt: toInstant(storedAt),
            accessExpiresAt: toInstantOrNull(accessExpiresAt),
          },
    lastSuccess: successAt === null ? null : { at: toInstant(successAt), call: successCall },
    lastFailure: failure === null ? null : toFailure(JSON.parse(failure)),
    consecutiveFailures,
    ended: endedAt === null ? null : { at: toInstant(endedAt), reason: endedReason },
    pin: fingerprint === null ? null : { fingerprint, accounts: JSON.parse(accounts), pinnedAt: toInstant(pinnedAt) },
    ownerId,
    sharedWith: JSON.parse(sharedWith),
    keys: keysMasked === null ? null : { masked: keysMasked, storedAt: toInstant(keysAt) },
    removedAt: toInstantOrNull(removedAt),
    revision,
  };
}

function toFailure({ at, call, failure }: PlainFailure): Connection["lastFailure"] {
  return { at: toInstant(at), call, failure };
}
