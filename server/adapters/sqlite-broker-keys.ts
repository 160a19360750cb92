// BrokerKeyStore in the SQLite file: sealed like tokens, overwritten with zeros when they go.
import type { DatabaseSync } from "node:sqlite";
import type { BrokerKeyStore } from "../ports.ts";
import { brokerKeysFromJson, brokerKeysToJson } from "./plain-broker-keys.ts";
import type { SealedBox } from "./sealed-box.ts";
import { query } from "./sqlite-query.ts";
import { transaction } from "./sqlite-transaction.ts";

export function sqliteBrokerKeys(db: DatabaseSync, box: SealedBox): BrokerKeyStore {
  const upsert = db.prepare(
    "INSERT INTO broker_keys (connection_id, sealed) VALUES (?, ?) ON CONFLICT DO UPDATE SET sealed = excluded.sealed",
  );
  const select = query<{ sealed: Uint8Array }>(db, "SELECT sealed FROM broker_keys WHERE connection_id = ?");
  const destroy = db.prepare("DELETE FROM broker_keys WHERE connection_id = ?");

  return {
    async put(connectionId, keys) {
      transaction(db, () => {
        upsert.run(connectionId, box.seal(brokerKeysToJson(keys), brokerKeysContext(connectionId)));
      });
    },
    async read(connectionId) {
      const row = select.get(connectionId);
      if (row === undefined) return null;
      const keys = brokerKeysFromJson(box.open(row.sealed, brokerKeysContext(connectionId)));
      if (keys === null) throw new Error(`The keys of ${connectionId} were written by a newer Prebell.`);
      return keys;
    },
    async remove(connectionId) {
      destroy.run(connectionId);
    },
  };
}

/** What binds a blob to its row, for example `broker-keys/etrade-prod-anna`. */
export function brokerKeysContext(connectionId: string): string {
  return `broker-keys/${connectionId}`;
}
