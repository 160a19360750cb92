import { describe, expect, it } from "vitest";
import { purge } from "../../server/adapters/sqlite-housekeeping.ts";
import { aConnection, aPending, aSession } from "../support/builders.ts";
import { openLaptop } from "../support/sqlite.ts";
import { aMessage, anEntry, anEvent, now } from "./drafts.ts";
import { aTokenSet } from "./token-sets.ts";

const daysLater = (days: number): Temporal.Instant => now.add({ hours: days * 24 });

describe("purge", () => {
  it("keeps delivered messages and events for 90 days, undelivered ones for good", async () => {
    const { db, records, outbox } = openLaptop();
    await records.commit({ messages: [aMessage({ claims: ["slot"] }), aMessage()], events: [anEvent(), anEvent()] });
    await outbox.settleMessage(1, { outcome: "delivered", at: now, text: "Renewed." });
    await outbox.settleEvent(1, { outcome: "delivered", at: now, text: null });
    purge(db, daysLater(90));
    expect(await outbox.messages(9)).toHaveLength(2);
    purge(db, daysLater(91));
    expect((await outbox.messages(9)).map(({ id }) => id)).toEqual([2]);
    expect((await outbox.eventsAfter(0, 9)).map(({ sequence }) => sequence)).toEqual([2]);
    expect(await records.takenClaims(["slot"])).toEqual(new Set(["slot"]));
  });

  it("never gives a purged event's sequence again", async () => {
    const { db, records, outbox } = openLaptop();
    await records.commit({ events: [anEvent(), anEvent()] });
    for (const sequence of [1, 2]) await outbox.settleEvent(sequence, { outcome: "dropped", at: now });
    purge(db, daysLater(91));
    expect(await outbox.lastSequence()).toBe(2);
    await records.commit({ events: [anEvent()] });
    expect(await outbox.lastSequence()).toBe(3);
  });

  it("keeps the journal for good", async () => {
    const { db, records } = openLaptop();
    await records.commit({ journal: [anEntry()] });
    purge(db, daysLater(36_500));
    expect(await records.journal(9)).toHaveLength(1);
  });

  it("forgets ended authorizations after a day, and none that holds a token set", async () => {
    const { db, records } = openLaptop();
    for (const stage of ["waiting", "verifying", "confirming-accounts", "completed", "failed"] as const)
      await records.commit({ pending: aPending({ id: stage, stage }) });
    purge(db, now.add({ hours: 24 }));
    const stages = db.prepare("SELECT id FROM pending_authorizations ORDER BY id");
    expect(stages.all()).toHaveLength(5);
    purge(db, now.add({ hours: 25 }));
    expect(stages.all().map((row) => row["id"])).toEqual(["confirming-accounts", "verifying"]);
  });

  it("forgets lapsed sessions and links, and keeps those in use", async () => {
    const { db, sessions } = openLaptop();
    for (const [digest, expiresAt] of [
      ["old", daysLater(1)],
      ["new", daysLater(3)],
    ] as const) {
      await sessions.putSession(aSession({ digest, expiresAt }));
      await sessions.addOneTime({ purpose: "link", digest, facts: {}, expiresAt });
    }
    purge(db, daysLater(2));
    const digests = db.prepare("SELECT digest FROM sessions UNION ALL SELECT digest FROM one_times").all();
    expect(digests.map((row) => row["digest"])).toEqual(["new", "new"]);
  });

  it("leaves connections and tokens alone, and a page that shows nothing new", async () => {
    const { db, records, tokens } = openLaptop();
    await records.commit({ connection: aConnection({ revision: 0 }) });
    await tokens.put("etrade-prod", aTokenSet());
    const before = await records.changeCount();
    purge(db, daysLater(3650));
    expect(await records.connections()).toHaveLength(1);
    expect(await tokens.latestVersion("etrade-prod")).toBe(1);
    expect(await records.changeCount()).toBe(before);
  });
});
