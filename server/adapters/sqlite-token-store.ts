import type { DatabaseSync } from "node:sqlite";
import type { TokenStore } from "../ports.ts";
import type { SealedBox } from "./sealed-box.ts";
import { query } from "./sqlite-query.ts";
import { revealTokenSet, wrapTokenSet } from "./plain-token-set.ts";
import { transaction } from "./sqlite-transaction.ts";

// The version before the newest is what a trading system may still run on, and what a rollback needs.
const keptVersions = 2;

export function sqliteTokenStore(db: DatabaseSync, box: SealedBox): TokenStore {
  const insert = db.prepare("INSERT INTO tokens (connection_id, version, sealed) VALUES (?, ?, ?)");
  const destroy = db.prepare("DELETE FROM tokens WHERE connection_id = ? AND version <= ?");
  const destroyAll = db.prepare("DELETE FROM tokens WHERE connection_id = ?");
  const select = query<{ sealed: Uint8Array }>(db, "SELECT sealed FROM tokens WHERE connection_id = ? AND version = ?");
  const selectLatest = query<{ version: number | null }>(
    db,
    "SELECT max(version) AS version FROM tokens WHERE connection_id = ?",
  );
  const latest = (connectionId: string): number | null => selectLatest.get(connectionId)?.version ?? null;

  return {
    async put(connectionId, tokenSet) {
      return transaction(db, () => {
        const version = (latest(connectionId) ?? 0) + 1;
        const plain = JSON.stringify(revealTokenSet(tokenSet));
        insert.run(connectionId, version, box.seal(plain, tokenContext(connectionId, version)));
        destroy.run(connectionId, version - keptVersions);
        return version;
      });
    },
    async read(connectionId, version) {
      const row = select.get(connectionId, version);
      if (row === undefined) return null;
      return wrapTokenSet(JSON.parse(box.open(row.sealed, tokenContext(connectionId, version))));
    },
    async latestVersion(connectionId) {
      return latest(connectionId);
    },
    async remove(connectionId) {
      destroyAll.run(connectionId);
    },
  };
}

/** What binds a blob to its row, for example `token/etrade-prod/3`. */
export function tokenContext(connectionId: string, version: number): string {
  return `token/${connectionId}/${version}`;
}
