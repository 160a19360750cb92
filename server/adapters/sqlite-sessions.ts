import type { DatabaseSync } from "node:sqlite";
import type { OneTime, SessionStore } from "../ports.ts";
import { toMillis } from "./epoch-millis.ts";
import { factsFromJson, factsToJson } from "./plain-facts.ts";
import { query } from "./sqlite-query.ts";

export function sqliteSessions(db: DatabaseSync): SessionStore {
  const add = db.prepare(`
    INSERT INTO one_times (purpose, digest, facts, expires_at, spent) VALUES (?, ?, ?, ?, 0) ON CONFLICT DO NOTHING`);
  // One statement finds and spends: of two taps at once, one gets the row. It stays until it lapses: what was spent is known.
  const spend = query<{ facts: string }>(
    db,
    "UPDATE one_times SET spent = 1 WHERE purpose = ? AND digest = ? AND expires_at > ? AND spent = 0 RETURNING facts",
  );
  const put = db.prepare(`
    INSERT INTO sessions (digest, facts, expires_at) VALUES (?, ?, ?)
    ON CONFLICT (digest) DO UPDATE SET facts = excluded.facts, expires_at = excluded.expires_at`);
  const select = query<{ facts: string }>(db, "SELECT facts FROM sessions WHERE digest = ?");
  const remove = db.prepare("DELETE FROM sessions WHERE digest = ?");

  return {
    async addOneTime({ purpose, digest, facts, expiresAt }) {
      return add.run(purpose, digest, JSON.stringify(facts), toMillis(expiresAt)).changes === 1;
    },
    async spendOneTime(purpose, digest, now) {
      const row = spend.get(purpose, digest, toMillis(now));
      if (row === undefined) return null;
      const facts: OneTime["facts"] = JSON.parse(row.facts);
      return facts;
    },
    async putSession(session) {
      put.run(session.digest, factsToJson(session), toMillis(session.expiresAt));
    },
    async session(digest) {
      const row = select.get(digest);
      return row === undefined ? null : factsFromJson(row.facts);
    },
    async removeSession(digest) {
      remove.run(digest);
    },
  };
}
