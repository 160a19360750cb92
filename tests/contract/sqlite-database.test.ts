import { chmodSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../../server/adapters/sqlite-database.ts";
import { migrations } from "../../server/adapters/sqlite-migrations.ts";
import { openLaptop, temporaryDirectory } from "../support/sqlite.ts";
import { runProcess } from "./processes/run.ts";

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe("openDatabase", () => {
  it("keeps the files and the directory it creates to their owner", () => {
    const path = join(temporaryDirectory(), "deep", "data", "prebell.db");
    const db = openDatabase(path);
    const modes = ["", "-wal", "-shm"].map((suffix) => modeOf(path + suffix));
    expect([modeOf(join(path, "..")), modeOf(join(path, "..", "..")), ...modes]).toEqual([
      "700",
      "700",
      "600",
      "600",
      "600",
    ]);
    db.close();
  });

  it("closes a file that others could read", () => {
    const path = join(temporaryDirectory(), "prebell.db");
    openDatabase(path).close();
    chmodSync(path, 0o644);
    openDatabase(path).close();
    expect(modeOf(path)).toBe("600");
  });

  it.each([
    ["journal_mode", "wal"],
    ["synchronous", 2],
    ["foreign_keys", 1],
    ["secure_delete", 1],
    ["fullfsync", 1],
    ["checkpoint_fullfsync", 1],
    ["busy_timeout", 5000],
    ["user_version", migrations.length],
  ])("sets %s to %s", (name, value) => {
    const { db } = openLaptop();
    expect(Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})).toEqual([value]);
  });

  it("has strict tables only", () => {
    const { db } = openLaptop();
    const lax = db.prepare("SELECT name FROM pragma_table_list WHERE strict = 0 AND name NOT LIKE 'sqlite%'").all();
    expect(lax).toEqual([]);
  });

  it("refuses a database newer than the program and leaves it alone", () => {
    const path = join(temporaryDirectory(), "prebell.db");
    openDatabase(path).close();
    const raw = new DatabaseSync(path);
    raw.exec("PRAGMA user_version = 99");
    expect(() => openDatabase(path)).toThrow(
      /prebell\.db was written by a newer Prebell \(schema 99; .*Update the program/,
    );
    expect(raw.prepare("PRAGMA user_version").get()).toEqual({ user_version: 99 });
    raw.close();
  });

  it("says so when the file is something else", () => {
    const path = join(temporaryDirectory(), "prebell.db");
    writeFileSync(path, "not a database at all, but a text that is longer than the header ".repeat(9));
    expect(() => openDatabase(path)).toThrow(/prebell\.db is not a Prebell database/);
  });

  it("is created once by several processes that start at the same time", async () => {
    const path = join(temporaryDirectory(), "prebell.db");
    const printed = await Promise.all([1, 2, 3, 4].map(() => runProcess("taker", path)));
    expect(printed).toEqual(["[]\n", "[]\n", "[]\n", "[]\n"]);
  });
});
