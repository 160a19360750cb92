// Part of sqlite-record-store.ts: the pending authorizations.
import type { DatabaseSync } from "node:sqlite";
import type { AccountPin } from "../domain/connection.ts";
import type { AuthorizationStage, PendingAuthorization } from "../domain/pending-authorization.ts";
import { toInstant, toInstantOrNull, toMillis, toMillisOrNull } from "./epoch-millis.ts";
import type { SealedBox } from "./sealed-box.ts";
import { openPending, sealPending } from "./sealed-pending.ts";
import { query } from "./sqlite-query.ts";

export interface PendingTable {
  /** Open ones and those that expired less than an hour before `now`, newest first. */
  recent(now: Temporal.Instant, connectionId: string | null): readonly PendingAuthorization[];
  /** Call inside a transaction. */
  write(pending: PendingAuthorization): void;
}

interface Row {
  readonly id: string;
  readonly connection_id: string;
  readonly stage: AuthorizationStage;
  readonly started_at: number;
  readonly expires_at: number;
  readonly facts: string;
  readonly sealed: Uint8Array;
}

type Facts = Pick<PendingAuthorization, "sessionId" | "ceremony" | "rejectedVerifiers" | "failedProofs" | "end"> & {
  readonly nextProofAt: number | null;
  readonly candidatePin: (Omit<AccountPin, "pinnedAt"> & { readonly pinnedAt: number }) | null;
};

export function pendingTable(db: DatabaseSync, box: SealedBox): PendingTable {
  const upsert = db.prepare(`
    INSERT INTO pending_authorizations (id, connection_id, stage, started_at, expires_at, facts, sealed)
    VALUES (:id, :connection_id, :stage, :started_at, :expires_at, :facts, :sealed)
    ON CONFLICT (id) DO UPDATE SET connection_id = excluded.connection_id, stage = excluded.stage,
      started_at = excluded.started_at, expires_at = excluded.expires_at, facts = excluded.facts, sealed = excluded.sealed`);
  const select = query<Row>(
    db,
    `
    SELECT id, connection_id, stage, started_at, expires_at, facts, sealed FROM pending_authorizations
    WHERE (stage IN ('exchanging', 'verifying', 'confirming-accounts') OR expires_at > :ended_after)
      AND (:connection_id IS NULL OR connection_id = :connection_id)
    ORDER BY started_at DESC, rowid DESC`,
  );

  return {
    recent(now, connectionId) {
      const endedAfter = toMillis(now.subtract({ hours: 1 }));
      const rows = select.all({ ended_after: endedAfter, connection_id: connectionId });
      return rows.map((row) => toPending(row, box));
    },
    write(pending) {
      upsert.run({
        id: pending.id,
        connection_id: pending.connectionId,
        stage: pending.stage,
        started_at: toMillis(pending.startedAt),
        expires_at: toMillis(pending.expiresAt),
        facts: JSON.stringify(factsOf(pending)),
        sealed: sealPending(box, pending),
      });
    },
  };
}

function factsOf(pending: PendingAuthorization): Facts {
  const { sessionId, ceremony, rejectedVerifiers, failedProofs, nextProofAt, end, candidatePin } = pending;
  const pin = candidatePin === null ? null : { ...candidatePin, pinnedAt: toMillis(candidatePin.pinnedAt) };
  return {
    sessionId,
    ceremony,
    rejectedVerifiers,
    failedProofs,
    end,
    nextProofAt: toMillisOrNull(nextProofAt),
    candidatePin: pin,
  };
}

function toPending(row: Row, box: SealedBox): PendingAuthorization {
  const { nextProofAt, candidatePin, ...facts }: Facts = JSON.parse(row.facts);
  return {
    id: row.id,
    connectionId: row.connection_id,
    ...facts,
    stage: row.stage,
    ...openPending(box, row.sealed, row.connection_id, row.id),
    startedAt: toInstant(row.started_at),
    expiresAt: toInstant(row.expires_at),
    nextProofAt: toInstantOrNull(nextProofAt),
    candidatePin: candidatePin === null ? null : { ...candidatePin, pinnedAt: toInstant(candidatePin.pinnedAt) },
  };
}
