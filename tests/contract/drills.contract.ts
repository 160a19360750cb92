// Part of record-store.contract.ts: fire drills.
import { describe, expect, it } from "vitest";
import { newDrill, type Drill } from "../../server/domain/drill.ts";
import type { RecordStore } from "../../server/ports.ts";
import { aConnection } from "../support/builders.ts";
import { anEntry, now } from "./drafts.ts";

type Create = () => Promise<{ records: RecordStore }> | { records: RecordStore };

const aDrill = newDrill({
  id: "drill-1",
  personId: "owner",
  createdAt: now,
  dueAt: now.add({ hours: 1 }),
  tokenVersion: 0,
});

const everyFact: Drill = {
  ...aDrill,
  id: "drill-2",
  state: "failed",
  createdAt: now.add({ seconds: 1 }),
  rangAt: now,
  endedAt: now.add({ minutes: 15 }),
  reason: "Called off.",
  steps: { ...aDrill.steps, alertedAt: now, confirmedAt: now.add({ minutes: 2 }) },
  tries: [{ channel: "Telegram chat ••789", startedAt: now, milliseconds: 12, failure: "It is blocked." }],
  confirmedBy: "opening-bell-bot",
  brokerState: '{"some":"state"}',
  tokenVersion: 3,
  tokenState: '{"accessToken":"drilled"}',
};

export function testDrills(create: Create): void {
  describe("RecordStore: fire drills", () => {
    it("gives back the newest first, with every fact, one revision on", async () => {
      const { records } = await create();
      expect(await records.drills(5)).toEqual([]);
      await records.commit({ drill: aDrill });
      await records.commit({ drill: everyFact });
      const kept = [everyFact, aDrill].map((drill) => ({ ...drill, revision: 1 }));
      expect(await records.drills(5)).toEqual(kept);
      expect(await records.drills(1)).toEqual(kept.slice(0, 1));
    });

    it("refuses a revision that is no longer the stored one, and all that came with it", async () => {
      const { records } = await create();
      const connection = aConnection({ revision: 0 });
      await records.commit({ drill: aDrill, connection });
      const late = { drill: aDrill, connection: { ...connection, revision: 1 }, journal: [anEntry()] };
      expect(await records.commit(late)).toBe("conflict");
      expect(await records.journal(5)).toEqual([]);
      expect(await records.commit({ ...late, drill: { ...aDrill, revision: 1, state: "running" } })).toBe("committed");
      expect((await records.drills(1))[0]).toMatchObject({ state: "running", revision: 2 });
    });
  });
}
