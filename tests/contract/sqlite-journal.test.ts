import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { migrations } from "../../server/adapters/sqlite-migrations.ts";
import { purge } from "../../server/adapters/sqlite-housekeeping.ts";
import { rotateKey } from "../../server/adapters/sqlite-rotate-key.ts";
import { verifyJournal } from "../../server/use-cases/verify-journal.ts";
import { databasePath, type Laptop, openLaptop, temporaryDirectory } from "../support/sqlite.ts";
import { anEntry, now } from "./drafts.ts";

const verified = ({ records, fingerprint }: Laptop) => verifyJournal({ records, random: { fingerprint } });

/** The migrations that a database had before the journal had a chain. */
const beforeChain = migrations.findIndex((sql) => sql.includes("journal_head"));

describe("the journal of a laptop", () => {
  it("takes no change, removal or replacement of a line, whoever asks", async () => {
    const { db, records } = openLaptop();
    await records.commit({ journal: [anEntry({ text: "written" })] });
    for (const sql of [
      "UPDATE journal SET text = 'otherwise'",
      "DELETE FROM journal",
      "REPLACE INTO journal (id, at, kind, text) VALUES (1, 0, 'refused', 'otherwise')",
    ])
      expect(() => db.exec(sql)).toThrow("The journal is append-only.");
    expect(await records.journal(9)).toMatchObject([{ text: "written" }]);
  });

  it("keeps what was written before there was a chain, and begins the chain after it", async () => {
    const directory = temporaryDirectory();
    const old = new DatabaseSync(databasePath(directory));
    for (const migration of migrations.slice(0, beforeChain)) old.exec(migration);
    old.exec(`PRAGMA user_version = ${beforeChain}`);
    const insert = old.prepare("INSERT INTO journal (id, at, kind, text) VALUES (?, ?, 'token-stored', 'old')");
    for (const id of [41, 42]) insert.run(id, now.epochMilliseconds);
    old.close();

    const laptop = openLaptop(directory);
    expect(await verified(laptop)).toEqual({ entries: 2, fromBeforeChain: 2, fault: null, newest: null });
    await laptop.records.commit({ journal: [anEntry(), anEntry()] });
    expect(await verified(laptop)).toMatchObject({ entries: 4, fromBeforeChain: 2, fault: null, newest: { id: 44 } });
    expect((await laptop.records.journal(9)).at(-1)).toEqual({
      ...anEntry(),
      id: 41,
      connectionId: null,
      text: "old",
      hash: null,
    });
  });

  it("stays verifiable after the key was rotated and the file was cleaned up", async () => {
    const laptop = openLaptop();
    await laptop.records.commit({ journal: [anEntry()] });
    rotateKey(laptop.db, laptop.keys, laptop.box);
    purge(laptop.db, now.add({ hours: 24 * 4000 }));
    await laptop.records.commit({ journal: [anEntry()] });
    expect(await verified(laptop)).toMatchObject({ entries: 2, fault: null });
  });

  it("shows that all of it was put back to an older state, to who noted a line of the newer one", async () => {
    const [older, newer] = [openLaptop(), openLaptop()];
    await older.records.commit({ journal: [anEntry()] });
    for (const text of ["one", "two"]) await newer.records.commit({ journal: [anEntry({ text })] });
    const noted = (await verified(newer)).newest;
    if (noted === null) throw new Error("There is a newest line.");
    const { records, fingerprint } = older;
    const found = await verifyJournal({ records, random: { fingerprint } }, { noted });
    expect(found.fault).toEqual({ id: 2, what: "cut off" });
    expect((await verifyJournal({ records: newer.records, random: newer }, { noted })).fault).toBeNull();
    const other = { ...noted, hash: "0".repeat(16) };
    expect((await verifyJournal({ records: newer.records, random: newer }, { noted: other })).fault).toEqual({
      id: 2,
      what: "changed",
    });
  });
});
