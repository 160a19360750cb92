// Part of record-store.contract.ts: people, and the tokens of programs.
import { describe, expect, it } from "vitest";
import type { RecordStore } from "../../server/ports.ts";
import { aConnection, anApiToken, aPerson } from "../support/builders.ts";
import { anEntry, now } from "./drafts.ts";

type Create = () => Promise<{ records: RecordStore }> | { records: RecordStore };

export function testPeople(create: Create): void {
  describe("RecordStore: people and the tokens of programs", () => {
    it("knows nobody before the first commit", async () => {
      const { records } = await create();
      expect([await records.people(), await records.apiTokens()]).toEqual([[], []]);
    });

    it("gives back everybody with every fact, by id and one revision on", async () => {
      const { records } = await create();
      const anna = aPerson({
        id: "anna",
        name: "Anna",
        role: "renewer",
        chatId: "7",
        lockedAt: now,
        passkeys: [passkey],
        checks: [
          { channel: "mail", checkedAt: now, by: "look", milliseconds: 412, failure: "It refused." },
          { channel: "telegram", checkedAt: now, by: "test", milliseconds: 90, failure: null },
        ],
      });
      await records.commit({ person: aPerson() });
      await records.commit({ person: anna });
      expect(await records.people()).toEqual([
        { ...anna, revision: 1 },
        { ...aPerson(), revision: 1 },
      ]);
      await records.commit({ person: { ...anna, revision: 1, removedAt: now } });
      expect((await records.people())[0]).toEqual({ ...anna, revision: 2, removedAt: now });
    });

    it("refuses a person's revision that is no longer the stored one, and all that came with it", async () => {
      const { records } = await create();
      await records.commit({ person: aPerson() });
      expect(await records.commit({ person: aPerson(), journal: [anEntry()] })).toBe("conflict");
      expect(await records.journal(10)).toEqual([]);
    });

    it("writes a person, a connection and the journal in one change", async () => {
      const { records } = await create();
      const change = { person: aPerson(), connection: aConnection({ revision: 0 }), journal: [anEntry()] };
      expect(await records.commit(change)).toBe("committed");
      const conflict = { ...change, person: aPerson({ revision: 1 }) };
      expect(await records.commit(conflict)).toBe("conflict");
      expect((await records.people())[0]?.revision).toBe(1);
    });

    it("keeps a token under its digest, the newest facts of it", async () => {
      const { records } = await create();
      const token = { ...anApiToken("secret", ["status"]), connections: ["etrade-prod"], personId: "owner" };
      await records.commit({ apiToken: token });
      await records.commit({ apiToken: { ...anApiToken("other", ["token"]), name: "another" } });
      await records.commit({ apiToken: { ...token, expiresAt: now } });
      expect((await records.apiTokens()).map(({ name }) => name)).toEqual(["another", "bot"]);
      expect((await records.apiTokens())[1]).toEqual({ ...token, expiresAt: now });
    });
  });
}

const passkey = {
  id: "credential",
  publicKey: "cose",
  counter: 0,
  transports: ["internal", "hybrid"],
  backedUp: true,
  name: "Anna's phone",
  createdAt: now,
  lastUsedAt: null,
};
