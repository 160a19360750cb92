import type { DatabaseSync } from "node:sqlite";
import type { SessionStore } from "../ports.ts";
import { toMillis } from "./epoch-millis.ts";

export function sqliteSessions(db: DatabaseSync): SessionStore {
  const addHandoff = db.prepare("INSERT INTO handoffs (digest, expires_at) VALUES (?, ?)");
  // One statement finds and spends: of two taps at once, one deletes the row.
  const spendHandoff = db.prepare("DELETE FROM handoffs WHERE digest = ? AND expires_at > ?");
  const addSession = db.prepare("INSERT INTO sessions (digest, created_at, expires_at) VALUES (?, ?, ?)");
  const hasSession = db.prepare("SELECT 1 FROM sessions WHERE digest = ? AND expires_at > ?");
  const removeSession = db.prepare("DELETE FROM sessions WHERE digest = ?");

  return {
    async addHandoff(digest, expiresAt) {
      addHandoff.run(digest, toMillis(expiresAt));
    },
    async spendHandoff(digest, now) {
      return spendHandoff.run(digest, toMillis(now)).changes === 1;
    },
    async addSession(digest, now, expiresAt) {
      addSession.run(digest, toMillis(now), toMillis(expiresAt));
    },
    async hasSession(digest, now) {
      return hasSession.get(digest, toMillis(now)) !== undefined;
    },
    async removeSession(digest) {
      removeSession.run(digest);
    },
  };
}
