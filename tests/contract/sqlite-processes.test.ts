import { readdirSync, readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sqliteLeases, thisProcess } from "../../server/adapters/sqlite-leases.ts";
import { verifyJournal } from "../../server/use-cases/verify-journal.ts";
import { aConnection } from "../support/builders.ts";
import { databasePath, keyPath, openLaptop, temporaryDirectory } from "../support/sqlite.ts";
import { aMessage, anEntry, anEvent, now } from "./drafts.ts";
import { killAfter, runProcess } from "./processes/run.ts";

describe("two handles on one database", () => {
  it("see each other's commits at once, and refuse each other's stale ones", async () => {
    const directory = temporaryDirectory();
    const [server, terminal] = [openLaptop(directory), openLaptop(directory)];
    await server.records.commit({ connection: aConnection({ revision: 0 }) });
    await terminal.records.connections();
    const before = await terminal.records.changeCount();
    await server.records.commit({ connection: aConnection({ revision: 1, consecutiveFailures: 1 }) });
    expect(await terminal.records.connections()).toMatchObject([{ revision: 2, consecutiveFailures: 1 }]);
    expect(await terminal.records.changeCount()).toBeGreaterThan(before);
    expect(await terminal.records.commit({ connection: aConnection({ revision: 1 }) })).toBe("conflict");
  });

  it("take a message, an event, a handoff and a claim once between them", async () => {
    const directory = temporaryDirectory();
    const [server, terminal] = [openLaptop(directory), openLaptop(directory)];
    const change = { messages: [aMessage({ claims: ["slot"] })], events: [anEvent()] };
    expect(await server.records.commit(change)).toBe("committed");
    expect(await terminal.records.commit(change)).toBe("conflict");
    const lease = now.add({ seconds: 60 });
    expect(await server.outbox.takeMessages(now, lease)).toHaveLength(1);
    expect(await terminal.outbox.takeMessages(now, lease)).toHaveLength(0);
    expect(await terminal.outbox.takeEvent(now, lease)).not.toBeNull();
    expect(await server.outbox.takeEvent(now, lease)).toBeNull();
    await server.sessions.addOneTime({ purpose: "link", digest: "digest", facts: {}, expiresAt: lease });
    expect(await terminal.sessions.spendOneTime("link", "digest", now)).toEqual({});
    expect(await server.sessions.spendOneTime("link", "digest", now)).toBeNull();
  });
});

describe("processes at once", () => {
  it("never take the same message", async () => {
    const directory = temporaryDirectory();
    const { records } = openLaptop(directory);
    const messages = Array.from({ length: 200 }, (_, step) => aMessage({ at: now.add({ milliseconds: step }) }));
    await records.commit({ messages });
    const printed = await Promise.all([1, 2, 3].map(() => runProcess("taker", databasePath(directory))));
    const taken = printed.flatMap((line): number[] => JSON.parse(line));
    expect(taken.toSorted((a, b) => a - b)).toEqual(messages.map((_, index) => index + 1));
  });
});

describe("processes that write the journal at once", () => {
  it("keep one unbroken chain between them", async () => {
    const directory = temporaryDirectory();
    const [server, terminal] = [openLaptop(directory), openLaptop(directory)];
    await server.records.commit({ journal: [anEntry()] });
    await Promise.all([1, 2].map(() => runProcess("journalist", databasePath(directory), keyPath(directory))));
    await terminal.records.commit({ journal: [anEntry()] });
    const { records, fingerprint } = server;
    const verified = await verifyJournal({ records, random: { fingerprint } });
    expect(verified).toMatchObject({ entries: 202, fromBeforeChain: 0, fault: null });
  });
});

describe("a process killed in the middle", () => {
  it("loses no acknowledged commit, holds no lease, and leaves no secret in plain sight", async () => {
    const directory = temporaryDirectory();
    for (const rounds of [1, 5, 23, 2, 60]) {
      const printed = await killAfter(rounds, "writer", databasePath(directory), keyPath(directory));
      // Before anything is opened: the write-ahead log is as the dead process left it.
      const files = readdirSync(directory).map((name) => readFileSync(join(directory, name)));
      expect(files).toHaveLength(4);
      expect(files.filter((bytes) => bytes.includes("PLAIN"))).toEqual([]);
      expect(files.some((bytes) => bytes.includes("round "))).toBe(true);

      const { db, records, tokens, outbox, fingerprint } = openLaptop(directory);
      const last: { revision: number; version: number } = JSON.parse(printed.at(-1) ?? "");
      expect(db.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
      const revision = (await records.connection("etrade-prod"))?.revision ?? 0;
      expect(revision).toBeGreaterThan(last.revision);
      // Whole changes only: entry, event and authorization of every round up to the last one committed.
      const expected = Array.from({ length: revision }, (_, round) => `round ${round}`);
      expect((await records.journal(1000)).map(({ text }) => text)).toEqual(expected.toReversed());
      expect(await verifyJournal({ records, random: { fingerprint } })).toMatchObject({
        entries: revision,
        fault: null,
      });
      expect(await outbox.lastSequence()).toBe(revision);
      expect(await records.pendingAuthorizations(now)).toHaveLength(revision);
      const tokenSet = await tokens.read("etrade-prod", last.version);
      expect(tokenSet?.accessToken.reveal()).toBe(`PLAIN-${last.revision}`);
      db.close();
    }
  });
});

describe("leases of other processes", () => {
  const me = thisProcess();
  const ended = spawnSync(process.execPath, ["-e", ""]).pid;

  it.each([
    ["are free when the process has ended", { ...me, pid: ended, instance: "other" }, "free"],
    ["are free when an earlier process had our own pid", { ...me, instance: "other" }, "free"],
    ["are held while the process lives", { ...me, pid: process.ppid, instance: "other" }, "held"],
    [
      "are held when the process is of another computer or boot",
      { ...me, pid: ended, instance: "other", place: "elsewhere" },
      "held",
    ],
    ["are held when it is this very process", me, "held"],
  ] as const)("%s", async (_case, holder, state) => {
    const { db, leases } = openLaptop();
    await sqliteLeases(db, holder).acquire("renew", now);
    const release = await leases.acquire("renew", now);
    expect(release === null ? "held" : "free").toBe(state);
  });
});
