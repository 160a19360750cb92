import { describe, expect, it } from "vitest";
import type { SessionStore } from "../../server/ports.ts";
import { now } from "./drafts.ts";

const soon = now.add({ minutes: 10 });

export function testSessionStore(create: () => SessionStore | Promise<SessionStore>): void {
  describe("SessionStore", () => {
    it("spends a handoff once, whoever comes second", async () => {
      const sessions = await create();
      await sessions.addHandoff("digest", soon);
      const taps = await Promise.all([1, 2, 3].map(() => sessions.spendHandoff("digest", now)));
      expect(taps.filter(Boolean)).toHaveLength(1);
      expect(await sessions.spendHandoff("digest", now)).toBe(false);
    });

    it("spends no handoff that has lapsed or never was", async () => {
      const sessions = await create();
      await sessions.addHandoff("digest", soon);
      expect(await sessions.spendHandoff("other", now)).toBe(false);
      expect(await sessions.spendHandoff("digest", soon)).toBe(false);
    });

    it("knows a session until it lapses", async () => {
      const sessions = await create();
      await sessions.addSession("digest", now, soon);
      expect(await sessions.hasSession("digest", now)).toBe(true);
      expect(await sessions.hasSession("digest", soon.subtract({ milliseconds: 1 }))).toBe(true);
      expect(await sessions.hasSession("digest", soon)).toBe(false);
      expect(await sessions.hasSession("other", now)).toBe(false);
    });

    it("takes no handoff for a session", async () => {
      const sessions = await create();
      await sessions.addHandoff("digest", soon);
      expect(await sessions.hasSession("digest", now)).toBe(false);
    });

    it("forgets a removed session only", async () => {
      const sessions = await create();
      await sessions.addSession("one", now, soon);
      await sessions.addSession("two", now, soon);
      await sessions.removeSession("one");
      expect(await sessions.hasSession("one", now)).toBe(false);
      expect(await sessions.hasSession("two", now)).toBe(true);
    });
  });
}
