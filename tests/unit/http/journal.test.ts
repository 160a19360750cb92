// The journal over HTTP: who did what by which door, what of it one may take away, and that attempts stand in it too.
import { beforeEach, describe, expect, it } from "vitest";
import type { JournalReply } from "../../../server/http/contract.ts";
import { createApp } from "../../../server/http/app.ts";
import { createLink, spendLink } from "../../../server/use-cases/sign-in.ts";
import { appSettings } from "../../support/app-settings.ts";
import { aConnection, anApiToken, aPerson } from "../../support/builders.ts";
import { aWorkbench, prod, type Workbench } from "../use-cases/workbench.ts";

const origin = "https://prebell.example.com";
const token = "an-api-token-for-the-trading-system";
const annas = "etrade-sandbox";
let bench: Workbench;
let request: (path: string, init?: RequestInit) => Promise<Response>;

beforeEach(async () => {
  bench = aWorkbench({ ids: [prod, annas] });
  await bench.have(aConnection({ sharedWith: ["ben"] }));
  await bench.have(aConnection({ id: annas, environment: "sandbox", ownerId: "anna" }));
  await bench.deps.records.commit({ person: aPerson() });
  await bench.deps.records.commit({ person: aPerson({ id: "anna", name: "Anna" }) });
  await bench.deps.records.commit({ person: aPerson({ id: "ben", name: "Ben", role: "viewer" }) });
  const app = createApp(bench.deps, appSettings(origin, { apiTokens: [anApiToken(token, ["keepalive"])] }));
  request = async (path, init) => app.request(path, init);
});

/** The headers of our own page in that person's browser. */
async function as(personId: string): Promise<Record<string, string>> {
  const link = await createLink(bench.deps, personId);
  const session = (await spendLink(bench.deps, link.reveal()))?.secret.reveal() ?? "";
  return { cookie: `__session=${session}`, origin, "x-prebell": "1", "content-type": "application/json" };
}

const program = (bearer = token) => ({ authorization: `Bearer ${bearer}` });

async function newest(count: number): Promise<unknown[]> {
  const lines = await bench.stores.records.journal(count);
  return lines.map(({ kind, connectionId, text, by }) => [
    kind,
    connectionId,
    text,
    by?.name ?? null,
    by?.door ?? null,
  ]);
}

async function exported(headers: Record<string, string>): Promise<Record<string, unknown>[]> {
  const answer = await request("/api/journal/export", { headers });
  expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "application/jsonl; charset=utf-8"]);
  expect(answer.headers.get("content-disposition")).toBe('attachment; filename="prebell-journal.jsonl"');
  return (await answer.text())
    .trimEnd()
    .split("\n")
    .map((line): Record<string, unknown> => JSON.parse(line));
}

describe("GET /api/journal", () => {
  it("says who did what by which door, and how it ended", async () => {
    await request(`/api/connections/${prod}/keepalive`, { method: "POST", headers: program() });
    const headers = await as("owner");
    const { entries }: JournalReply = JSON.parse(await (await request("/api/journal", { headers })).text());
    expect(entries.map(({ kind, outcome, by }) => [kind, outcome, by])).toEqual([
      ["signed-in", "done", { name: "Owner", door: "link" }],
      ["keepalive-ok", "done", { name: "bot", door: "program" }],
    ]);
  });
});

describe("GET /api/journal/export", () => {
  it("gives an owner everything of what they may see, newest first, one object a line with its hash", async () => {
    for (const id of [prod, annas])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      await request(`/api/connections/${id}/keepalive`, { method: "POST", headers: program() });
    const lines = await exported(await as("owner"));
    expect(lines.map(({ id, connection }) => [id, connection])).toEqual([
      [3, null],
      [1, prod],
    ]);
    expect(Object.keys(lines[0] ?? {}).join(" ")).toBe("id at kind outcome connection text by hash");
    expect(lines[0]).toMatchObject({
      at: "2026-03-10T12:30:00.000Z",
      kind: "signed-in",
      outcome: "done",
      by: { person: "owner", name: "Owner", door: "link" },
      hash: (await bench.stores.records.journal(1))[0]?.hash,
    });
    expect((await exported(await as("anna"))).some(({ connection }) => connection === annas)).toBe(true);
  });

  it("gives more than a page of it whole", async () => {
    const many = Array.from({ length: 1201 }, (_, index) => ({
      at: bench.now,
      kind: "keepalive-ok" as const,
      connectionId: prod,
      text: `${index}`,
    }));
    await bench.deps.records.commit({ journal: many });
    const ids = (await exported(await as("owner"))).map(({ id }) => id);
    expect(ids).toEqual(Array.from({ length: 1202 }, (_, index) => 1202 - index));
  });

  it("is refused to viewers, to programs and to strangers", async () => {
    for (const [headers, status] of [
      [await as("ben"), 403],
      [program(), 403],
      [{}, 401],
    ] as const)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await request("/api/journal/export", { headers })).status).toBe(status);
  });
});

describe("who is turned away", () => {
  it("stands in the journal under their name, with what they wanted and of which connection", async () => {
    const ben = await as("ben");
    const answer = await request(`/api/connections/${prod}/authorizations`, {
      method: "POST",
      headers: ben,
      body: "{}",
    });
    expect(answer.status).toBe(403);
    const text = "E*TRADE production: refused, a renewal by somebody who may only look.";
    expect(await newest(1)).toEqual([["refused", prod, text, "Ben", "link"]]);
    await request("/api/journal/export", { headers: program() });
    const scope = "Refused: something that the API token does not allow.";
    expect(await newest(1)).toEqual([["refused", null, scope, "bot", "program"]]);
  });

  it("learns nothing from the journal about a connection that is not theirs", async () => {
    const ben = await as("ben");
    await request(`/api/connections/${annas}/authorizations`, { method: "POST", headers: ben, body: "{}" });
    expect((await newest(1))[0]).toEqual(["signed-in", null, "Ben signed in with a one-time link.", "Ben", "link"]);
  });

  it("gets ever fewer lines while they go on, each with how many went by", async () => {
    const tried: number[] = [];
    for (let minutes = 0; minutes < 60; minutes += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      for (const bearer of ["guess-1", "guess-2"]) await request("/status", { headers: program(bearer) });
      // oxlint-disable-next-line no-await-in-loop
      if ((await bench.stores.records.journal(99)).length > tried.length) tried.push(minutes);
      bench.now = bench.now.add({ minutes: 1 });
    }
    expect(tried).toEqual([0, 1, 3, 7, 15, 31]);
    const text = "Refused: a wrong, revoked or lapsed API token. 31 more since the last such line.";
    expect(await newest(1)).toEqual([["refused", null, text, null, null]]);
    bench.now = bench.now.add({ hours: 30 });
    await request("/status", { headers: program("guess") });
    await request("/status", { headers: program("guess") });
    bench.now = bench.now.add({ minutes: 1 });
    await request("/status", { headers: program("guess") });
    expect(await bench.stores.records.journal(99)).toHaveLength(8);
  });

  it("has a line of their own, whoever else is turned away at the same moment", async () => {
    const [ben, spent] = [await as("ben"), { origin, "x-prebell": "1", "content-type": "application/json" }];
    await request("/api/journal/export", { headers: ben });
    await request("/api/journal/export", { headers: program() });
    const body = JSON.stringify({ token: "guessed" });
    await request("/api/sessions/handoff", { method: "POST", headers: spent, body });
    const elsewhere = { ...ben, origin: "https://elsewhere.example.com" };
    await request("/api/sessions", { method: "DELETE", headers: elsewhere });
    expect((await newest(4)).map((line) => JSON.stringify(line).replaceAll('"', "")).toReversed()).toEqual([
      "[refused,null,Refused: something that only the owner may do.,Ben,link]",
      "[refused,null,Refused: something that the API token does not allow.,bot,program]",
      "[sign-in-refused,null,Refused: a sign-in with a link that was used already, or is too old.,null,null]",
      "[refused,null,Refused: a request from another page than Prebell's own.,Ben,link]",
    ]);
  });

  it("is turned away all the same where nothing can be written", async () => {
    const records = { ...bench.stores.records, commit: () => Promise.reject(new Error("The store is away.")) };
    const app = createApp({ ...bench.deps, records }, appSettings(origin));
    const answer = await app.request("/status", { headers: program("guess") });
    expect([answer.status, bench.logged.at(-1)?.event]).toEqual([401, "refusal-not-journalled"]);
  });
});
