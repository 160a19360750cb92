// Several connections at one broker, each with its own keys: entered on the page or in a terminal, alive in every process, and
// their keys in none of what is written or said.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { AddConnectionReply, ConnectionsReply } from "../../server/http/contract-connections.ts";
import type { JournalReply } from "../../server/http/contract.ts";
import type { PracticeAppKeys } from "../../server/practice/control-contract.ts";
import { filesIn, leaksIn } from "../support/canaries.ts";
import { type Client, good, verdict } from "../support/program-client.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { type Program, startProgram } from "../support/program.ts";
import { openTerminal, type Said } from "../support/terminal.ts";

const anna = "etrade-prod-anna";
const ben = "schwab-prod-ben";

let program: Program;
let owner: Client;
let annasKeys: PracticeAppKeys;
let bensKeys: PracticeAppKeys;
let laterKeys: PracticeAppKeys;
const said: Said[] = [];

beforeAll(async () => {
  program = await startProgram({ env: { LOG_LEVEL: "trace" } });
  owner = await program.signIn();
  annasKeys = await program.control.app("etrade", "prod");
  bensKeys = await program.control.app("schwab");
  laterKeys = await program.control.app("etrade", "prod");
});

async function terminal(args: readonly string[], ...lines: readonly string[]): Promise<Said> {
  const opened = openTerminal(program, args);
  for (const line of lines) opened.type(line);
  const ended = await opened.ended();
  said.push(ended);
  return ended;
}

const add = (body: object) =>
  owner.post("/api/connections", { provider: "etrade", environment: "prod", name: "Anna", ...body });
const list = () => good<ConnectionsReply>(owner.get("/api/connections"));

describe("a connection added on the page", () => {
  it("is refused in the broker's words while the keys are wrong, and leaves nothing behind", async () => {
    const unknown = await add({ consumerKey: "nobody-knows-this-key", consumerSecret: annasKeys.consumerSecret });
    expect(verdict(unknown)).toBe("502 misconfigured");
    expect(unknown.text).toContain("E*TRADE rejected the consumer key");
    const mistyped = await add({ ...annasKeys, consumerSecret: "mistyped-consumer-secret" });
    expect(mistyped.text).toContain("the consumer secret is wrong");
    expect((await list()).connections.map(({ keys }) => keys)).toEqual(["configured", "configured", "configured"]);
  });

  it("takes its own keys, is renewed with them, and the first one lives on", async () => {
    const { connection, proven } = await good<AddConnectionReply>(add({ ...annasKeys }));
    expect([proven, connection]).toMatchObject([
      true,
      {
        id: anna,
        label: "E*TRADE production · Anna",
        mine: true,
        owner: "Owner",
        keys: "entered",
        key: `••••${annasKeys.consumerKey.slice(-4)}`,
      },
    ]);
    await program.renew(owner, "etrade-prod");
    expect(await program.renew(owner, anna)).toMatchObject({ outcome: "stored", version: 1 });
    expect((await owner.connection("etrade-prod")).status.word).toBe("active");
    expect(verdict(await owner.get("/api/connections/etrade-prod/accounts"))).toBe("200 ok");
    expect(verdict(await owner.get(`/api/connections/${anna}/accounts`))).toBe("200 ok");
  });

  it("is there in a terminal at once, under its name", async () => {
    expect((await terminal(["status"])).stdout).toContain(`● active         E*TRADE production · Anna (${anna})`);
    expect((await terminal(["keepalive", anna])).stdout).toBe(
      "E*TRADE production · Anna: verified by the account list.\n",
    );
  });
});

describe("a connection added in a terminal", () => {
  it("is refused with its keys as arguments", async () => {
    const { code, stderr } = await terminal(["connections", "add", "first-word", "second-word"]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("never given as arguments")]);
  });

  it("takes them from a pipe, and the running server has it without a restart", async () => {
    const { code, stdout, stderr } = await terminal(
      ["connections", "add", "--broker", "schwab", "--name", "Ben"],
      bensKeys.consumerKey,
      bensKeys.consumerSecret,
    );
    expect([code, stdout]).toEqual([0, `Schwab production · Ben is added as ${ben}.\n`]);
    expect(stderr).toContain("the first one will tell");
    expect(await program.renew(owner, ben)).toMatchObject({ outcome: "stored", version: 1 });
    expect((await list()).connections.find(({ id }) => id === ben)).toMatchObject({ keys: "entered", owner: "Owner" });
  });

  it("takes new keys from files, and asks for a login where the key is another one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "prebell-keys-"));
    clearAfterwards(() => rmSync(folder, { recursive: true, force: true }));
    const [keyFile, secretFile] = [join(folder, "key"), join(folder, "secret")];
    writeFileSync(keyFile, `${laterKeys.consumerKey}\n`);
    writeFileSync(secretFile, `${laterKeys.consumerSecret}\n`);
    const files = ["--key-file", keyFile, "--secret-file", secretFile];
    const { code, stderr } = await terminal(["connections", "keys", anna, ...files]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("belonged to the old key and is over")]);
    expect((await owner.connection(anna)).status).toMatchObject({ word: "needs-authorization", reason: "revoked" });
    expect(await program.renew(owner, anna)).toMatchObject({ outcome: "stored", version: 2 });
  });
});

describe("after a restart", () => {
  it("all of them are alive, with their own keys, and found by the doctor", async () => {
    await program.restart();
    owner = await program.signIn();
    for (const id of ["etrade-prod", anna, ben]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as a person does
      expect([id, verdict(await owner.get(`/api/connections/${id}/accounts`))]).toEqual([id, "200 ok"]);
    }
    expect((await terminal(["doctor"])).stdout).toMatch(new RegExp(`✓ ${anna} key .*`));
  });

  it("one that is removed is gone for the page and the terminal, revoked, and still read of in the journal", async () => {
    const answer = await owner.delete(`/api/connections/${anna}`);
    expect(JSON.parse(answer.text)).toEqual({ token: "E*TRADE revoked its token." });
    expect((await owner.status()).connections.map(({ id }) => id)).not.toContain(anna);
    expect(verdict(await owner.post(`/api/connections/${anna}/authorizations`))).toBe("404 unknown-connection");
    expect(verdict(await owner.delete(`/api/connections/${anna}`))).toBe("404 unknown-connection");
    expect((await terminal(["connections", "list"])).stdout).not.toContain("Anna");
    expect((await terminal(["connections", "remove", ben, "--yes"])).code).toBe(0);
    expect((await owner.status()).connections.map(({ id }) => id)).not.toContain(ben);
    const { entries } = await good<JournalReply>(owner.get("/api/journal?limit=100"));
    const told = entries
      .filter(({ kind }) => /^connection-|^keys-/.test(kind))
      .map(({ kind, by, text }) => [kind, by?.door, text]);
    expect(told.toReversed()).toEqual([
      ["connection-added", "link", "E*TRADE production · Anna was added; E*TRADE took its keys."],
      ["connection-added", "terminal", "Schwab production · Ben was added; its keys are tried at the first login."],
      ["keys-replaced", "terminal", expect.stringContaining("Anna: the keys were replaced")],
      ["connection-removed", "link", expect.stringContaining("Anna was removed, with its keys and tokens.")],
      ["connection-removed", "terminal", expect.stringContaining("Ben was removed, with its keys and tokens.")],
    ]);
  });
});

it("no key is in an answer, a log, the journal or a file, but for the broker's link, which E*TRADE wants its key in", async () => {
  await program.stop();
  // The practice brokers' own memory is the other side.
  const files = filesIn(program.dataDir, ["prebell.key", "practice/prebell.key", "practice-broker.json"]);
  const links = /https?:\/\/[^\s"]*\/authorize\?[^\s"]*/g;
  const answers = program.answers.map(({ method, path, answer }): [string, string] => [
    `answer to ${method} ${path}`,
    `${JSON.stringify([...answer.headers])}\n${answer.text.replaceAll(links, "")}`,
  ]);
  const terminals = said.map(({ stdout, stderr }, index): [string, string] => [`terminal ${index}`, stdout + stderr]);
  const haystack = { output: program.output(), ...files, ...Object.fromEntries([...answers, ...terminals]) };
  const canaries = Object.fromEntries(
    [annasKeys, bensKeys, laterKeys].flatMap(({ consumerKey, consumerSecret }, index) => [
      [`key ${index}`, consumerKey],
      [`secret ${index}`, consumerSecret],
    ]),
  );
  expect(leaksIn(haystack, canaries)).toEqual([]);
  expect(Object.keys(files)).toContain("file practice/prebell.sqlite");
  expect(leaksIn(filesIn(program.dataDir), canaries).length).toBeGreaterThan(0);
});
