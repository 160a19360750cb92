// A login that another program made at the broker, taken over from its file.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, it } from "vitest";
import { etradePolicy } from "../../server/domain/provider-policy.ts";
import { Secret } from "../../server/domain/secret.ts";
import { practiceKeys, practiceUrls } from "../../server/practice/practice-keys.ts";
import { createEtrade } from "../../server/providers/etrade.ts";
import { leaksIn } from "../support/canaries.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { type Program, quietEvening, startProgram } from "../support/program.ts";
import { prebell } from "../support/terminal.ts";

let program: Program;
let folder: string;
let pair: { token: string; secret: string };
beforeAll(async () => {
  program = await startProgram();
  folder = mkdtempSync(join(tmpdir(), "prebell-import-"));
  clearAfterwards(() => rmSync(folder, { recursive: true, force: true }));
  pair = await logInElsewhere();
});

/** Another program's login at E*TRADE, with the same key. */
async function logInElsewhere() {
  const urls = practiceUrls(`http://127.0.0.1:${program.practicePort}`);
  const provider = createEtrade({
    identity: { id: "etrade-prod", provider: "etrade", environment: "prod" },
    policy: etradePolicy(),
    ceremony: "verifier",
    consumerKey: new Secret(practiceKeys.prod.consumerKey),
    consumerSecret: new Secret(practiceKeys.prod.consumerSecret),
    ...urls,
    apiUrl: urls.prodApiUrl,
    clock: () => Temporal.Instant.from(quietEvening),
    nonce: () => randomBytes(16).toString("hex"),
  });
  const begun = await provider.beginAuthorization();
  if (!begun.ok) throw new Error(`No link: ${begun.failure.reason}`);
  const { requestToken, requestTokenSecret, authorizeUrl } = begun.value;
  const verifier = new Secret(await program.control.accept(authorizeUrl));
  const issued = await provider.exchange(requestToken, requestTokenSecret, verifier);
  if (!issued.ok) throw new Error(`No token: ${issued.failure.reason}`);
  const { accessToken, accessTokenSecret } = issued.value;
  return { token: accessToken.reveal(), secret: accessTokenSecret?.reveal() ?? "" };
}

function aFile(name: string, content: object, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  chmodSync(path, mode);
  return path;
}

const createdAt = Temporal.Instant.from(quietEvening).epochMilliseconds / 1000;
const importing = (path: string, ...flags: string[]) => prebell(program, ["import", "etrade-prod", path, ...flags]);

describe("an E*TRADE pair", () => {
  it("without its login's time is not taken, and the flag that says it is named", async () => {
    const said = await importing(aFile("timeless.json", pair));
    expect(said).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("--login-time 2026") });
  });

  it("first shows its accounts, and stores nothing", async () => {
    const said = await importing(aFile("pair.json", { ...pair, created_at: createdAt }));
    expect(said).toMatchObject({ code: 3, stdout: expect.stringContaining("••5145 Brokerage") });
    expect((await prebell(program, ["token", "etrade-prod"])).code).toBe(1);
  });

  it("is stored with its login's own time once they are accepted; the file stays, open doors are named", async () => {
    const content = { ...pair, created_at: createdAt };
    const path = aFile("open.json", content, 0o644);
    const said = await importing(path, "--accept-accounts");
    expect(said).toMatchObject({ code: 0, stdout: expect.stringContaining("version 1 is verified and stored") });
    expect(said.stderr).toContain(`chmod 600 ${path}`);
    expect(leaksIn({ ...said, code: "", log: program.output() }, pair)).toEqual([]);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(content);
    const { stdout } = await prebell(program, ["token", "etrade-prod"]);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      accessToken: pair.token,
      accessTokenSecret: pair.secret,
      // Midnight in New York after the login.
      expiresAt: "2026-06-11T04:00:00Z",
    });
    const owner = await program.signIn();
    expect((await owner.connection("etrade-prod")).status.word).toBe("active");
  });

  it("is not taken twice: what is stored may have moved on", async () => {
    const said = await importing(join(folder, "pair.json"));
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining("in use already") });
  });

  it("of yesterday is over", async () => {
    const said = await importing(aFile("yesterday.json", { ...pair, created_at: createdAt - 86_400 }));
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining("That login is over") });
  });

  it("gets no longer life by a later time on the command line", async () => {
    const said = await importing(join(folder, "pair.json"), "--login-time", "2026-06-10T21:00:01Z");
    expect(said).toMatchObject({ code: 1, stderr: expect.stringContaining("only name an earlier time") });
  });
});

describe("a file that is no E*TRADE pair", () => {
  it.each([
    ["unknown.json", { user: "me" }, "schwab-py"],
    [
      "schwab.json",
      { creation_timestamp: createdAt, token: { access_token: "a", refresh_token: "r" } },
      "another broker's",
    ],
  ])("%s", async (name, content, sentence) => {
    expect(await importing(aFile(name, content))).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
  });

  it.each([
    ["plain", "refresh@", "Schwabdev: login made at 2026-06-09T21:00:00Z."],
    ["encrypted", "enc:gAAAAA", "Schwabdev encrypted this file"],
  ])("Schwabdev's database, %s, is read and left alone", async (name, refreshToken, sentence) => {
    const path = join(folder, `${name}.db`);
    const database = new DatabaseSync(path);
    database.exec(
      "CREATE TABLE schwabdev (access_token_issued TEXT NOT NULL, refresh_token_issued TEXT NOT NULL, access_token TEXT NOT NULL, refresh_token TEXT NOT NULL, id_token TEXT NOT NULL, expires_in INTEGER, token_type TEXT, scope TEXT)",
    );
    const issued = ["2026-06-10T20:50:00.000000+00:00", "2026-06-09T21:00:00.000000+00:00"];
    database
      .prepare("INSERT INTO schwabdev VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .run(...issued, "access@", refreshToken, "", 1800, "Bearer", "api");
    database.close();
    const before = readFileSync(path);
    expect((await importing(path)).stderr).toContain(sentence);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it.each([
    [["import"], 2],
    [["import", "etrade-prod"], 2],
    [["import", "etrade-prod", "/nowhere/token.json"], 1],
    [["import", "etrade-prod", "/"], 1],
    [["import", "etrade-prod", "x", "--login-time", "monday"], 2],
  ])("%j exits with %i", async (args, code) => {
    expect((await prebell(program, args)).code).toBe(code);
  });
});
