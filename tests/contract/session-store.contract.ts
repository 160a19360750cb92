import { describe, expect, it } from "vitest";
import type { WebSession } from "../../server/domain/web-session.ts";
import type { OneTime, SessionStore } from "../../server/ports.ts";
import { now } from "./drafts.ts";

const soon = now.add({ minutes: 10 });
const link: OneTime = { purpose: "link", digest: "digest", facts: { personId: "owner" }, expiresAt: soon };

function aSession(digest: string): WebSession {
  const times = { createdAt: now, seenAt: now, expiresAt: soon, provenAt: null };
  return { id: `id of ${digest}`, digest, personId: "owner", door: "link", onlyFor: null, ...times };
}

export function testSessionStore(create: () => SessionStore | Promise<SessionStore>): void {
  describe("SessionStore", () => {
    it("spends what is good once for one of those who come, with what it stands for", async () => {
      const sessions = await create();
      expect(await sessions.addOneTime(link)).toBe(true);
      const taps = await Promise.all([1, 2, 3].map(() => sessions.spendOneTime("link", "digest", now)));
      expect(taps.filter((facts) => facts !== null)).toEqual([{ personId: "owner" }]);
      expect(await sessions.spendOneTime("link", "digest", now)).toBeNull();
    });

    it("spends nothing that has lapsed, never was, or was for another purpose", async () => {
      const sessions = await create();
      await sessions.addOneTime(link);
      expect(await sessions.spendOneTime("link", "other", now)).toBeNull();
      expect(await sessions.spendOneTime("invitation", "digest", now)).toBeNull();
      expect(await sessions.spendOneTime("link", "digest", soon)).toBeNull();
    });

    it("adds a digest once for a purpose, spent or not", async () => {
      const sessions = await create();
      const added = await Promise.all([1, 2, 3].map(() => sessions.addOneTime(link)));
      expect(added.filter(Boolean)).toHaveLength(1);
      await sessions.spendOneTime("link", "digest", now);
      expect(await sessions.addOneTime(link)).toBe(false);
      expect(await sessions.addOneTime({ ...link, purpose: "init-data" })).toBe(true);
    });

    it("gives a session back as it was put last", async () => {
      const sessions = await create();
      await sessions.putSession(aSession("digest"));
      expect(await sessions.session("digest")).toEqual(aSession("digest"));
      const seen = { ...aSession("digest"), seenAt: soon, provenAt: now, onlyFor: "etrade-prod" };
      await sessions.putSession(seen);
      expect(await sessions.session("digest")).toEqual(seen);
      expect(await sessions.session("other")).toBeNull();
    });

    it("takes no link for a session", async () => {
      const sessions = await create();
      await sessions.addOneTime(link);
      expect(await sessions.session("digest")).toBeNull();
    });

    it("forgets a removed session only", async () => {
      const sessions = await create();
      await sessions.putSession(aSession("one"));
      await sessions.putSession(aSession("two"));
      await sessions.removeSession("one");
      expect(await sessions.session("one")).toBeNull();
      expect(await sessions.session("two")).toEqual(aSession("two"));
    });
  });
}
