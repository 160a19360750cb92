import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openKeyFile } from "../../server/adapters/key-file.ts";
import { databasePath, keyPath, temporaryDirectory } from "../support/sqlite.ts";
import { killAfter } from "./processes/run.ts";

const key = "A".repeat(43) + "=";

describe("openKeyFile", () => {
  it("creates a pin and one key for the owner alone", () => {
    const path = keyPath(join(temporaryDirectory(), "data"));
    openKeyFile(path);
    const lines = readFileSync(path, "utf8").split("\n");
    expect(lines).toEqual([
      expect.stringMatching(/^# /),
      expect.stringMatching(/^pin:.{44}$/),
      expect.stringMatching(/^[0-9a-f]{8}:.{44}$/),
      "",
    ]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, ".."))).toHaveLength(1);
  });

  it("finds the same keys again", () => {
    const path = keyPath(temporaryDirectory());
    const [first, second] = [openKeyFile(path), openKeyFile(path)];
    expect(second.newest()).toEqual(first.newest());
    expect(second.pinSecret()).toEqual(first.pinSecret());
  });

  it("is created once by several processes that start at the same time", async () => {
    const directory = temporaryDirectory();
    const args = [databasePath(directory), keyPath(directory)];
    await Promise.all([1, 1, 1].map((rotations) => killAfter(rotations, "rotator", ...args)));
    expect(openKeyFile(keyPath(directory)).newest().bytes).toHaveLength(32);
  });

  it("refuses a file that others may read, and says how to close it", () => {
    const path = keyPath(temporaryDirectory());
    openKeyFile(path);
    chmodSync(path, 0o640);
    expect(() => openKeyFile(path)).toThrow(
      `The key file ${path} may be read by other users of this computer. Run: chmod 600 "${path}".`,
    );
  });

  it.each([
    ["a short key", `pin:${key}\n0000aaaa:AAAA\n`, "is damaged in line 2"],
    ["a line of another form", `pin:${key}\nsecret stuff\n`, "is damaged in line 2"],
    ["no key", `pin:${key}\n`, "is incomplete"],
    ["no pin", `0000aaaa:${key}\n`, "is incomplete"],
    ["nothing in it", "", "is incomplete"],
  ])("refuses a file with %s without quoting it", (_case, text, complaint) => {
    const path = keyPath(temporaryDirectory());
    writeFileSync(path, text, { mode: 0o600 });
    expect(() => openKeyFile(path)).toThrow(complaint);
    expect(() => openKeyFile(path)).not.toThrow(/secret stuff|AAAA/);
  });

  it("says so when the file vanishes under a running program, and makes no new one", () => {
    const directory = temporaryDirectory();
    const keys = openKeyFile(keyPath(directory));
    rmSync(keys.path);
    expect(() => keys.newest()).toThrow(/is gone. Put it back from a backup/);
    expect(existsSync(keys.path)).toBe(false);
  });

  it("deletes what a dead process left half written, not what a living one is writing", () => {
    const path = keyPath(temporaryDirectory());
    openKeyFile(path);
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const dead = join(path, "..", `.prebell.key.${pid}-00.tmp`);
    const living = join(path, "..", `.prebell.key.${process.ppid}-00.tmp`);
    for (const file of [dead, living]) writeFileSync(file, "");
    openKeyFile(path);
    expect([existsSync(dead), existsSync(living)]).toEqual([false, true]);
  });

  it("appends the newest key last and drops only what is not named", () => {
    const path = keyPath(temporaryDirectory());
    const keys = openKeyFile(path);
    const ids = [keys.newest().id];
    for (let count = 0; count < 3; count += 1) {
      keys.add();
      ids.push(keys.newest().id);
    }
    keys.keepOnly(new Set([ids[1] ?? ""]));
    const reopened = openKeyFile(path);
    expect(ids.map((id) => reopened.find(id) !== null)).toEqual([false, true, false, true]);
    expect(reopened.newest().id).toBe(ids[3]);
    expect(reopened.pinSecret()).toEqual(keys.pinSecret());
  });
});
