import { describe, expect, it } from "vitest";
import { newConnection, type Connection } from "../../server/domain/connection.ts";
import type { PendingAuthorization } from "../../server/domain/pending-authorization.ts";
import type { Outbox, RecordStore } from "../../server/ports.ts";
import { verifyJournal } from "../../server/use-cases/verify-journal.ts";
import { aConnection, aPending, at, aToken } from "../support/builders.ts";
import { aMessage, anEntry, anEvent, now } from "./drafts.ts";
import { testDrills } from "./drills.contract.ts";
import { testPeople } from "./people.contract.ts";
import { aTokenSet, revealed } from "./token-sets.ts";

interface Created {
  readonly records: RecordStore;
  readonly outbox: Outbox;
  /** What the records chain the journal with. */
  readonly fingerprint: (text: string) => string;
}

type Create = () => Promise<Created> | Created;

export function testRecordStore(create: Create): void {
  testPeople(create);
  testDrills(create);

  describe("RecordStore: connections", () => {
    it("knows none before the first commit", async () => {
      const { records } = await create();
      expect(await records.connections()).toEqual([]);
      expect(await records.connection("etrade-prod")).toBeNull();
    });

    it.each<[string, Connection]>([
      ["nothing known", aConnection({ token: null, lastSuccess: null, revision: 0 })],
      ["a token and a success", aConnection({ revision: 0 })],
      ["every fact", everyFact()],
      ["an access token that lapses", aConnection({ token: aToken({ accessExpiresAt: now }), revision: 0 })],
    ])("gives back a connection with %s, one revision on", async (_case, connection) => {
      const { records } = await create();
      expect(await records.commit({ connection })).toBe("committed");
      const stored = { ...connection, revision: 1 };
      expect(await records.connection(connection.id)).toEqual(stored);
      expect(await records.connections()).toEqual([stored]);
    });

    it("rounds instants down to the millisecond", async () => {
      const { records } = await create();
      const lastSuccess = { at: at("2026-03-10T12:30:00.000999999Z"), call: "renew" as const };
      await records.commit({ connection: aConnection({ revision: 0, lastSuccess }) });
      expect((await records.connection("etrade-prod"))?.lastSuccess?.at).toEqual(at("2026-03-10T12:30:00Z"));
    });

    it("lists every connection by id, also those that came after the last reading", async () => {
      const { records } = await create();
      const ids: string[] = [];
      for (const id of ["schwab-prod", "etrade-sandbox", "etrade-prod"]) {
        await records.commit({ connection: { ...aConnection({ revision: 0 }), id } });
        ids.push((await records.connections()).map((connection) => connection.id).join(" "));
      }
      expect(ids).toEqual(["schwab-prod", "etrade-sandbox schwab-prod", "etrade-prod etrade-sandbox schwab-prod"]);
    });

    it("shows the newest facts after each commit", async () => {
      const { records } = await create();
      await records.commit({ connection: aConnection({ revision: 0 }) });
      const [first] = await records.connections();
      await records.commit({ connection: aConnection({ revision: 1, consecutiveFailures: 2 }) });
      const [second] = await records.connections();
      expect([first?.consecutiveFailures, second?.consecutiveFailures]).toEqual([0, 2]);
      expect(await records.connection("etrade-prod")).toEqual(second);
    });

    it("refuses a revision that is no longer the stored one", async () => {
      const { records } = await create();
      await records.commit({ connection: aConnection({ revision: 0 }) });
      await records.commit({ connection: aConnection({ revision: 1 }) });
      expect(await records.commit({ connection: aConnection({ revision: 1, consecutiveFailures: 9 }) })).toBe(
        "conflict",
      );
      expect(await records.commit({ connection: aConnection({ revision: 0, consecutiveFailures: 9 }) })).toBe(
        "conflict",
      );
      expect(await records.connection("etrade-prod")).toMatchObject({ revision: 2, consecutiveFailures: 0 });
    });

    it("refuses a revision of a connection that was never stored", async () => {
      const { records } = await create();
      expect(await records.commit({ connection: aConnection({ revision: 3 }) })).toBe("conflict");
      expect(await records.connection("etrade-prod")).toBeNull();
    });

    it("lets one of many writers of the same revision win", async () => {
      const { records } = await create();
      const writers = [1, 2, 3, 4, 5].map((consecutiveFailures) =>
        records.commit({ connection: aConnection({ revision: 0, consecutiveFailures }) }),
      );
      const outcomes = await Promise.all(writers);
      expect(outcomes.filter((outcome) => outcome === "committed")).toHaveLength(1);
    });
  });

  describe("RecordStore: a whole change", () => {
    it("writes everything at once", async () => {
      const { records, outbox } = await create();
      const change = {
        connection: aConnection({ revision: 0 }),
        pending: aPending(),
        events: [anEvent()],
        messages: [aMessage({ claims: ["renewed/1"] })],
        journal: [anEntry()],
      };
      expect(await records.commit(change)).toBe("committed");
      expect(await records.connections()).toHaveLength(1);
      expect(await records.pendingAuthorizations(now)).toHaveLength(1);
      expect(await outbox.eventsAfter(0, 10)).toEqual([{ ...anEvent(), sequence: 1 }]);
      expect(await outbox.messages(10)).toHaveLength(1);
      expect(await records.journal(10)).toEqual([{ ...anEntry(), id: expect.any(Number), hash: expect.any(String) }]);
    });

    it.each([
      ["a stale revision", { connection: aConnection({ revision: 7 }) }],
      [
        "a claim taken before",
        { connection: aConnection({ revision: 0 }), messages: [aMessage({ claims: ["new", "taken"] })] },
      ],
      ["a claim taken twice in it", { messages: [aMessage({ claims: ["new"] }), aMessage({ claims: ["new"] })] }],
    ])("writes nothing of a change with %s", async (_case, conflicting) => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage({ claims: ["taken"] })] });
      const changes = await records.changeCount();
      const rest = { pending: aPending(), events: [anEvent()], journal: [anEntry()] };
      expect(await records.commit({ ...rest, ...conflicting })).toBe("conflict");
      expect(await records.connections()).toEqual([]);
      expect(await records.pendingAuthorizations(now)).toEqual([]);
      expect(await outbox.lastSequence()).toBe(0);
      expect(await outbox.messages(10)).toHaveLength(1);
      expect(await records.journal(10)).toEqual([]);
      expect(await records.takenClaims(["new", "taken"])).toEqual(new Set(["taken"]));
      expect(await records.changeCount()).toBe(changes);
    });

    it("says which claims are taken", async () => {
      const { records } = await create();
      await records.commit({ messages: [aMessage({ claims: ["a", "b"] }), aMessage({ claims: ["c'\"%"] })] });
      expect(await records.takenClaims(["a", "c'\"%", "d"])).toEqual(new Set(["a", "c'\"%"]));
      expect(await records.takenClaims([])).toEqual(new Set());
    });

    it("queues any number of messages without a claim", async () => {
      const { records, outbox } = await create();
      await records.commit({ messages: [aMessage(), aMessage()] });
      expect(await records.commit({ messages: [aMessage()] })).toBe("committed");
      expect(await outbox.messages(10)).toHaveLength(3);
    });
  });

  describe("RecordStore: pending authorizations", () => {
    it.each<[string, PendingAuthorization]>([
      ["a waiting one", aPending()],
      [
        "one whose accounts wait to be confirmed",
        aPending({
          stage: "confirming-accounts",
          rejectedVerifiers: 2,
          candidate: aTokenSet(),
          candidatePin: { fingerprint: "f".repeat(64), accounts: ["••5145 Brokerage"], pinnedAt: now },
        }),
      ],
      [
        "one whose candidate is not proven",
        aPending({ stage: "verifying", candidate: aTokenSet({ verifiedAt: null }) }),
      ],
      ["an ended one", aPending({ stage: "failed", end: "verifier-rejected" })],
    ])("gives back %s with its secrets", async (_case, pending) => {
      const { records } = await create();
      await records.commit({ pending });
      const [stored] = await records.pendingAuthorizations(now);
      expect(stored).toEqual(pending);
      expect(stored === undefined ? null : secretsOf(stored)).toEqual(secretsOf(pending));
    });

    it("replaces an authorization of the same id", async () => {
      const { records } = await create();
      await records.commit({ pending: aPending() });
      await records.commit({ pending: aPending({ stage: "completed", end: "stored" }) });
      const stages = (await records.pendingAuthorizations(now)).map(({ stage }) => stage);
      expect(stages).toEqual(["completed"]);
    });

    it("lists the newest first, of one connection or of all", async () => {
      const { records } = await create();
      await records.commit({ pending: aPending({ id: "b", startedAt: at("2026-03-10T12:29:00Z") }) });
      await records.commit({ pending: aPending({ id: "c", startedAt: at("2026-03-10T12:29:00Z") }) });
      await records.commit({ pending: aPending({ id: "a", startedAt: at("2026-03-10T12:28:00Z") }) });
      await records.commit({ pending: aPending({ id: "d", connectionId: "schwab-prod" }) });
      const ids = async (connectionId?: string) =>
        (await records.pendingAuthorizations(now, connectionId)).map(({ id }) => id);
      expect(await ids()).toEqual(["d", "c", "b", "a"]);
      expect(await ids("etrade-prod")).toEqual(["c", "b", "a"]);
      expect(await ids("etrade-sandbox")).toEqual([]);
    });

    it("forgets those an hour past their end, but never one that is under way", async () => {
      const { records } = await create();
      for (const stage of ["waiting", "exchanging", "verifying", "confirming-accounts", "completed", "failed"] as const)
        await records.commit({ pending: aPending({ id: stage, stage }) });
      const stages = async (instant: string) =>
        (await records.pendingAuthorizations(at(instant))).map(({ stage }) => stage).toSorted();
      expect(await stages("2026-03-10T13:34:29Z")).toHaveLength(6);
      expect(await stages("2026-03-10T13:34:30Z")).toEqual(["confirming-accounts", "exchanging", "verifying"]);
    });
  });

  describe("RecordStore: the journal and what a page watches", () => {
    it("reads back newest first, page by page", async () => {
      const { records } = await create();
      const texts = ["first", "second", "third", "fourth"];
      for (const text of texts) await records.commit({ journal: [anEntry({ text })] });
      const page = await records.journal(3);
      expect(page.map(({ text }) => text)).toEqual(["fourth", "third", "second"]);
      const older = await records.journal(3, page.at(-1)?.id);
      expect(older.map(({ text }) => text)).toEqual(["first"]);
    });

    it("keeps the entries of one change in order", async () => {
      const { records } = await create();
      await records.commit({ journal: [anEntry({ text: "a" }), anEntry({ text: "b", connectionId: null })] });
      expect((await records.journal(9)).map(({ text, connectionId }) => [text, connectionId])).toEqual([
        ["b", null],
        ["a", "etrade-prod"],
      ]);
    });

    it("keeps who did it, and chains every entry to the one before, those of one change and of confirmations too", async () => {
      const { records, fingerprint } = await create();
      const verified = () => verifyJournal({ records, random: { fingerprint } });
      expect(await verified()).toEqual({ entries: 0, fromBeforeChain: 0, fault: null, newest: null });
      const by = { personId: "anna", name: "Anna \0\uD800", door: "passkey" } as const;
      await records.commit({ journal: [anEntry({ by, text: "a \0 b \u{1F511} \uDC00" }), anEntry()] });
      await records.commit({ claims: ["slot"], journal: [anEntry()] });
      await records.commit({ claims: ["slot"], journal: [anEntry()] });
      const program = { ...by, personId: null, name: "bot", door: "program" } as const;
      const confirmation = { connectionId: "etrade-prod", consumer: "bot", version: 1, at: now };
      await records.confirm(confirmation, anEntry({ by: program }));
      const lines = await records.journal(9);
      expect(lines.map((line) => line.by)).toEqual([program, undefined, undefined, { ...by, name: "Anna \0\uFFFD" }]);
      expect(lines[3]?.text).toBe("a \0 b \u{1F511} \uFFFD");
      const newest = { id: 4, hash: lines[0]?.hash };
      expect(await verified()).toEqual({ entries: 4, fromBeforeChain: 0, fault: null, newest });
    });

    it("keeps one confirmation per connection and consumer, with its journal entry", async () => {
      const { records } = await create();
      const confirmation = { connectionId: "etrade-prod", consumer: "bot", version: 1, at: now };
      const later = { ...confirmation, version: 2, at: now.add({ seconds: 5 }) };
      const other = { ...confirmation, consumer: "risk" };
      await records.confirm(confirmation, anEntry({ kind: "consumer-confirmed" }));
      await records.confirm(other, anEntry({ kind: "consumer-confirmed" }));
      await records.confirm(later, anEntry({ kind: "consumer-confirmed" }));
      expect(await records.confirmations()).toEqual([later, other]);
      expect(await records.journal(9)).toHaveLength(3);
    });

    it("counts every change of the records up", async () => {
      const { records, outbox } = await create();
      const counts = [await records.changeCount()];
      const steps = [
        () => records.commit({ connection: newConnection({ id: "x", provider: "etrade", environment: "prod" }) }),
        () => records.commit({ messages: [aMessage()], events: [anEvent()] }),
        () => outbox.takeMessages(now, now.add({ seconds: 60 })),
        () => outbox.settleMessage(1, { outcome: "delivered", at: now, text: "done" }),
        () => outbox.takeEvent(now, now.add({ seconds: 60 })),
        () => outbox.settleEvent(1, { outcome: "delivered", at: now, text: null }),
        () => records.confirm({ connectionId: "x", consumer: "bot", version: 1, at: now }, anEntry()),
      ];
      for (const step of steps) {
        await step();
        counts.push(await records.changeCount());
      }
      expect(counts).toEqual([...new Set(counts)].toSorted((a, b) => a - b));
    });

    it("takes a change's own claims once, ever", async () => {
      const { records } = await create();
      expect(await records.commit({ claims: ["update/7"] })).toBe("committed");
      expect(await records.commit({ claims: ["update/8", "update/7"], journal: [anEntry()] })).toBe("conflict");
      expect([...(await records.takenClaims(["update/7", "update/8"]))]).toEqual(["update/7"]);
      expect(await records.journal(9)).toEqual([]);
    });

    it("remembers the newest run of each kind, whichever is told last", async () => {
      const { records } = await create();
      expect(await records.lastRuns()).toEqual([]);
      await records.recordRun({ kind: "tick", at: now, ok: true });
      await records.recordRun({ kind: "morning-alert", at: now, ok: true });
      await records.recordRun({ kind: "tick", at: now.add({ minutes: 5 }), ok: false });
      await records.recordRun({ kind: "tick", at: now.add({ minutes: 1 }), ok: true });
      expect(await records.lastRuns()).toEqual([
        { kind: "morning-alert", at: now, ok: true },
        { kind: "tick", at: now.add({ minutes: 5 }), ok: false },
      ]);
    });

    it("counts nothing up for reading", async () => {
      const { records, outbox } = await create();
      await records.commit({ connection: aConnection({ revision: 0 }) });
      const before = await records.changeCount();
      await records.connections();
      await outbox.takeMessages(now, now);
      await outbox.takeEvent(now, now);
      expect(await records.changeCount()).toBe(before);
    });
  });
}

function everyFact(): Connection {
  const failure = { kind: "transient", reason: "server-error", httpStatus: 500 } as const;
  return aConnection({
    lastFailure: { at: at("2026-03-10T12:31:00.001Z"), call: "renew", failure },
    consecutiveFailures: 3,
    ended: { at: at("2026-03-10T12:32:00.999Z"), reason: "revoked" },
    pin: { fingerprint: "f".repeat(64), accounts: ["••5145 Brokerage", "••0429 IRA"], pinnedAt: now },
    name: "Anna",
    ownerId: "anna",
    sharedWith: ["owner", "ben"],
    keys: { masked: "••••1234", storedAt: at("2026-03-10T12:33:00.007Z") },
    removedAt: at("2026-03-10T12:34:00.008Z"),
    revision: 0,
  });
}

// Two different secrets look equal to `toEqual`.
function secretsOf(pending: PendingAuthorization): readonly unknown[] {
  return [pending.requestToken.reveal(), pending.requestTokenSecret.reveal(), revealed(pending.candidate)];
}
