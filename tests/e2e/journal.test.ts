// The journal from a terminal: read, taken away, and found out to have been written to by somebody with access to the file.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openLocalStorage } from "../../server/storage-local.ts";
import { freePort } from "../support/program-ports.ts";
import { command, prebell } from "../support/terminal.ts";

const dataDir = mkdtempSync(join(tmpdir(), "prebell-journal-"));
/** Without broker keys everything is a rehearsal, kept apart. */
const folder = join(dataDir, "practice");
const count = 3000;
const place = { dataDir, port: 0, practicePort: 0 };

beforeAll(async () => {
  place.port = await freePort();
  place.practicePort = await freePort();
  const storage = openLocalStorage(folder);
  const journal = Array.from({ length: count }, (_, index) => ({
    at: Temporal.Instant.from("2026-06-10T12:30:00Z").add({ minutes: index }),
    kind: "keepalive-ok" as const,
    connectionId: "etrade-prod",
    text: `E*TRADE production: entry ${index + 1}.\u001B[2J`,
    by: { personId: "owner", name: "Anna", door: "passkey" } as const,
  }));
  await storage.records.commit({ journal });
  await storage.close();
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const journal = (...args: string[]) => prebell(place, ["journal", ...args]);

/** As somebody would who can write the file and knows its tables. */
function tamper(sql: string): void {
  const db = new DatabaseSync(join(folder, "prebell.sqlite"));
  db.exec(`DROP TRIGGER IF EXISTS journal_unchanged; DROP TRIGGER IF EXISTS journal_undeleted; ${sql}`);
  db.close();
}

describe("prebell journal", () => {
  it("shows what happened last, and who did it, and lets nobody write to the terminal by it", async () => {
    const { stdout, code } = await journal();
    const lines = stdout.trimEnd().split("\n");
    expect([code, lines.length]).toEqual([0, 30]);
    expect(lines.at(-1)).toBe("2026-06-12 10:29:00 ET  E*TRADE production: entry 3000.\uFFFD[2J (Anna, passkey)");
  });

  it("has what is done at the terminal in the name of who is signed in to the machine", async () => {
    expect(await prebell(place, ["unpin", "etrade-prod"])).toMatchObject({ code: 0 });
    const text =
      "E*TRADE production: account pin removed; the next renewal asks which accounts are right. " +
      `(${userInfo().username}, terminal)\n`;
    expect((await journal()).stdout.endsWith(text)).toBe(true);
  });

  it("exports everything as JSON lines, newest first", async () => {
    const { stdout, code } = await journal("export");
    const lines = stdout.trimEnd().split("\n");
    const ids = lines.map((line): number => JSON.parse(line).id);
    expect([code, ids]).toEqual([0, Array.from({ length: count + 1 }, (_, index) => count + 1 - index)]);
    expect(JSON.parse(lines[1] ?? "")).toEqual({
      id: count,
      at: "2026-06-12T14:29:00.000Z",
      kind: "keepalive-ok",
      outcome: "done",
      connection: "etrade-prod",
      text: "E*TRADE production: entry 3000.\u001B[2J",
      by: { person: "owner", name: "Anna", door: "passkey" },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("ends quietly where its reader has enough", async () => {
    const env = { PATH: process.env["PATH"] ?? "", DATA_DIR: dataDir, PRACTICE_PORT: String(place.practicePort) };
    const child = spawn(process.execPath, [command, "journal", "export"], { env });
    let complaints = "";
    child.stderr.on("data", (text) => (complaints += String(text)));
    child.stdout.once("data", () => child.stdout.destroy());
    const [code] = await once(child, "close");
    expect([code, complaints]).toEqual([0, ""]);
  });

  it("refuses what can't have been noted", async () => {
    expect(await journal("verify", "--noted", "all")).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("prebell journal verify", () => {
  let noted = "";

  it("vouches for what was written, and gives something to note", async () => {
    const { stdout, stderr, code } = await journal("verify");
    expect([code, stdout]).toEqual([0, "3001 lines, each as it was written, and none is missing.\n"]);
    noted = /--noted (\S+)/.exec(stderr)?.[1] ?? "";
    expect(await journal("verify", "--noted", noted)).toMatchObject({ code: 0 });
  });

  it.each([
    [
      "a line that was changed",
      "UPDATE journal SET by_name = 'Ben' WHERE id = 1234",
      "Line 1234 of the journal is not as it was written.",
    ],
    ["a line that was removed", "DELETE FROM journal WHERE id = 1200", "Line 1200 of the journal is missing."],
    [
      "the newest lines, when they were cut off and the head was put back with them",
      "UPDATE journal SET by_name = 'Anna' WHERE id = 1234; DELETE FROM journal WHERE id > 1100; " +
        "UPDATE journal_head SET last_id = 1100, seal = (SELECT hash FROM journal WHERE id = 1100)",
      "The end of the journal is not as it was written: nothing vouches for what comes from line 1101 on.",
    ],
  ])("finds %s, names it, and exits with 1", async (_case, sql, sentence) => {
    tamper(sql);
    const { code, stdout, stderr } = await journal("verify");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(sentence);
  });

  it("is the doctor's remedy, who looks at the newest thousand lines", async () => {
    const { stdout, code } = await prebell(place, ["doctor"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✗ journal +The end of the journal is not as it was written.*\n +→ .*journal verify/);
  });
});
