// Part of sqlite-record-store.ts: the journal and the confirmations that are written with it.
import type { DatabaseSync } from "node:sqlite";
import type { Actor, JournalEntry, JournalKind } from "../domain/journal.ts";
import { chain, type JournalHead, type JournalLine } from "../domain/journal-chain.ts";
import type { Confirmation } from "../ports.ts";
import { toInstant, toMillis } from "./epoch-millis.ts";
import type { SealedBox } from "./sealed-box.ts";
import { query } from "./sqlite-query.ts";

export interface JournalTable {
  /** Call inside the transaction: the head must not move between the look and the line. */
  append(entry: JournalEntry): void;
  newest(limit: number, before: number | null): readonly JournalLine[];
  head(): JournalHead | null;
  confirmations(): readonly Confirmation[];
  confirm(confirmation: Confirmation): void;
}

interface EntryRow {
  readonly id: number;
  readonly at: number;
  readonly kind: JournalKind;
  readonly connection_id: string | null;
  readonly text: string;
  readonly by_person: string | null;
  readonly by_name: string | null;
  readonly by_door: Actor["door"] | null;
  readonly hash: Uint8Array | null;
}

interface HeadRow {
  readonly first_id: number;
  readonly last_id: number;
  readonly seal: Uint8Array;
}

interface ConfirmationRow {
  readonly connection_id: string;
  readonly consumer: string;
  readonly version: number;
  readonly at: number;
}

export function journalTable(db: DatabaseSync, { fingerprint }: Pick<SealedBox, "fingerprint">): JournalTable {
  const insert = db.prepare(`
    INSERT INTO journal (id, at, kind, connection_id, text, by_person, by_name, by_door, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const selectNewestId = query<{ id: number | null }>(db, "SELECT MAX(id) AS id FROM journal");
  const selectHead = query<HeadRow>(db, "SELECT first_id, last_id, seal FROM journal_head");
  const upsertHead = db.prepare(`
    INSERT INTO journal_head (one, first_id, last_id, seal) VALUES (1, ?, ?, ?)
    ON CONFLICT DO UPDATE SET first_id = excluded.first_id, last_id = excluded.last_id, seal = excluded.seal`);
  const select = query<EntryRow>(
    db,
    `
    SELECT id, at, kind, connection_id, text, by_person, by_name, by_door, hash FROM journal
    WHERE :before IS NULL OR id < :before ORDER BY id DESC LIMIT :limit`,
  );
  const upsertConfirmation = db.prepare(`
    INSERT INTO confirmations (connection_id, consumer, version, at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET version = excluded.version, at = excluded.at`);
  const selectConfirmations = query<ConfirmationRow>(
    db,
    "SELECT connection_id, consumer, version, at FROM confirmations ORDER BY connection_id, consumer",
  );

  const readHead = (): JournalHead | null => {
    const row = selectHead.get();
    return row === undefined ? null : { firstId: row.first_id, lastId: row.last_id, seal: hex(row.seal) };
  };

  return {
    append(entry) {
      const { line, head } = chain(fingerprint, readHead(), selectNewestId.get()?.id ?? 0, entry);
      const { personId = null, name = null, door = null } = line.by ?? {};
      const facts = [line.id, toMillis(line.at), line.kind, line.connectionId, line.text] as const;
      insert.run(...facts, personId, name, door, Buffer.from(line.hash, "hex"));
      upsertHead.run(head.firstId, head.lastId, Buffer.from(head.seal, "hex"));
    },
    newest: (limit, before) => select.all({ limit, before }).map(toLine),
    head: readHead,
    confirmations: () => selectConfirmations.all().map(toConfirmation),
    confirm({ connectionId, consumer, version, at }) {
      upsertConfirmation.run(connectionId, consumer, version, toMillis(at));
    },
  };
}

function toLine(row: EntryRow): JournalLine {
  const { by_name: name, by_door: door } = row;
  return {
    id: row.id,
    at: toInstant(row.at),
    kind: row.kind,
    connectionId: row.connection_id,
    text: row.text,
    ...(name === null || door === null ? {} : { by: { personId: row.by_person, name, door } }),
    hash: row.hash === null ? null : hex(row.hash),
  };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

function toConfirmation(row: ConfirmationRow): Confirmation {
  return { connectionId: row.connection_id, consumer: row.consumer, version: row.version, at: toInstant(row.at) };
}
