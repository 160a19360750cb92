// Part of sqlite-record-store.ts: the journal and the confirmations that are written with it.
import type { DatabaseSync } from "node:sqlite";
import type { JournalEntry, JournalKind } from "../domain/journal.ts";
import type { Confirmation } from "../ports.ts";
import { toInstant, toMillis } from "./epoch-millis.ts";
import { query } from "./sqlite-query.ts";

export interface JournalTable {
  append(entry: JournalEntry): void;
  newest(limit: number, before: number | null): readonly (JournalEntry & { id: number })[];
  confirmations(): readonly Confirmation[];
  confirm(confirmation: Confirmation): void;
}

interface EntryRow {
  readonly id: number;
  readonly at: number;
  readonly kind: JournalKind;
  readonly connection_id: string | null;
  readonly text: string;
}

interface ConfirmationRow {
  readonly connection_id: string;
  readonly consumer: string;
  readonly version: number;
  readonly at: number;
}

export function journalTable(db: DatabaseSync): JournalTable {
  const insert = db.prepare("INSERT INTO journal (at, kind, connection_id, text) VALUES (?, ?, ?, ?)");
  const select = query<EntryRow>(
    db,
    `
    SELECT id, at, kind, connection_id, text FROM journal
    WHERE :before IS NULL OR id < :before ORDER BY id DESC LIMIT :limit`,
  );
  const upsertConfirmation = db.prepare(`
    INSERT INTO confirmations (connection_id, consumer, version, at) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET version = excluded.version, at = excluded.at`);
  const selectConfirmations = query<ConfirmationRow>(
    db,
    "SELECT connection_id, consumer, version, at FROM confirmations ORDER BY connection_id, consumer",
  );

  return {
    append(entry) {
      insert.run(toMillis(entry.at), entry.kind, entry.connectionId, entry.text);
    },
    newest: (limit, before) => select.all({ limit, before }).map(toEntry),
    confirmations: () => selectConfirmations.all().map(toConfirmation),
    confirm({ connectionId, consumer, version, at }) {
      upsertConfirmation.run(connectionId, consumer, version, toMillis(at));
    },
  };
}

function toEntry(row: EntryRow): JournalEntry & { id: number } {
  return { id: row.id, at: toInstant(row.at), kind: row.kind, connectionId: row.connection_id, text: row.text };
}

function toConfirmation(row: ConfirmationRow): Confirmation {
  return { connectionId: row.connection_id, consumer: row.consumer, version: row.version, at: toInstant(row.at) };
}
