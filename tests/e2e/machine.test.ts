// The trading system's side: what an API token may do, the credentials, the confirmations, the exported files.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TokenReply } from "../../server/http/contract.ts";
import { type Client, good, verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";

const apiToken = "an-api-token-for-the-trading-system";

let folder: string;
let program: Program;
let client: Client;
let trader: Client;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "prebell-e2e-"));
  program = await startProgram({ env: { API_TOKEN: apiToken, EXPORT_TOKENS_DIR: folder } });
  client = await program.signIn();
  trader = program.machine(apiToken);
  await program.renew(client, "etrade-prod");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const token = (query = "") => trader.get(`/api/connections/etrade-prod/token${query}`);
const confirm = (version: number, consumer = "bot 1") =>
  trader.post("/api/connections/etrade-prod/confirmations", { consumer, version });
const listings = async () => (await program.control.state()).calls["/prod/v1/accounts/list"];
const exported = (environment: string) => join(folder, `tokens_${environment}.json`);

describe("an API token", () => {
  it("that is wrong, or one character off, opens nothing", async () => {
    const wrong = ["nonsense", apiToken.slice(0, -1), `${apiToken}x`, ""];
    const answers = await Promise.all(wrong.map((each) => program.machine(each).get("/status")));
    expect(answers.map(verdict)).toEqual(wrong.map(() => "401 wrong-api-token"));
  });

  it("opens what machines need and nothing that a person decides", async () => {
    const opened = await Promise.all([trader.get("/status"), trader.get("/keepalive/status"), token()]);
    expect(opened.map(verdict)).toEqual(["200 ok", "200 ok", "200 ok"]);
    const closed = await Promise.all([
      trader.post("/api/connections/etrade-prod/authorizations"),
      trader.post("/api/connections/etrade-prod/authorizations/complete", { verifier: "MX9ES" }),
      trader.post("/api/connections/etrade-prod/authorizations/confirm-accounts", { accept: true }),
      trader.post("/api/connections/etrade-prod/authorizations/cancel"),
      trader.delete("/api/connections/etrade-prod/token"),
      trader.get("/api/connections/etrade-prod/accounts"),
      trader.get("/api/journal"),
      trader.get("/api/messages"),
    ]);
    expect(closed.map(verdict)).toEqual(closed.map(() => "403 not-in-scope"));
  });

  it("is held to its scopes", async () => {
    const narrow = await startProgram({ env: { API_TOKEN: apiToken, API_TOKEN_SCOPES: "status, confirm" } });
    const machine = narrow.machine(apiToken);
    expect(verdict(await machine.get("/status"))).toBe("200 ok");
    const closed = await Promise.all([
      machine.get("/api/connections/etrade-prod/token"),
      machine.get("/api/events"),
      machine.post("/keepalive/force"),
      machine.post("/api/connections/etrade-prod/keepalive"),
      machine.post("/cron/tick"),
      machine.post("/cron/morning-alert"),
    ]);
    expect(closed.map(verdict)).toEqual(closed.map(() => "403 not-in-scope"));
  });

  it("is what a scheduler needs: a signed-in page may not play one, a stranger neither", async () => {
    expect(verdict(await client.post("/cron/tick"))).toBe("403 not-in-scope");
    const stranger = await program.stranger({ ...client.headers, cookie: "" }).post("/cron/tick");
    expect(verdict(stranger)).toBe("401 no-api-token");
  });
});

describe("the credentials", () => {
  it("work at the broker and say how long", async () => {
    const reply = await good<TokenReply>(token("?minValidSeconds=3600"));
    expect(reply).toMatchObject({ connection: "etrade-prod", expiresAt: "2026-06-11T04:00:00.000Z" });
    expect(reply.validForSeconds).toBeGreaterThan(3600);
    expect(reply.validForSeconds).toBeLessThanOrEqual(7 * 3600);
    expect(reply.version).toBe((await client.connection("etrade-prod")).token?.version);
    expect([reply.accessToken, reply.accessTokenSecret].every((text) => (text?.length ?? 0) > 20)).toBe(true);
  });

  it("that were called within the hour are given without another call, however much is asked for", async () => {
    await good(client.post("/api/connections/etrade-prod/keepalive"));
    const before = (await listings()) ?? 0;
    await program.control.advance(Temporal.Duration.from({ minutes: 55 }));
    await good(token("?minValidSeconds=3600"));
    expect(await listings()).toBe(before);
    await good(token("?minValidSeconds=20000"));
    expect(await listings()).toBe(before);
  });

  it("that have fallen idle are woken first", async () => {
    await program.control.advance(Temporal.Duration.from({ minutes: 121 }));
    await good(token("?minValidSeconds=60"));
    const states = (await program.control.state()).tokens.map(({ environment, state }) => `${environment} ${state}`);
    expect(states.filter((each) => each === "prod active")).toHaveLength(1);
  });

  it("are not given for longer than they live, nor for ever, nor to a browser", async () => {
    expect(verdict(await token(`?minValidSeconds=${7 * 3600}`))).toBe("409 token-too-short");
    expect(verdict(await token("?minValidSeconds=-1"))).toBe("400 bad-query");
    expect(verdict(await token("?minValidSeconds=soon"))).toBe("400 bad-query");
    expect(verdict(await client.get("/api/connections/etrade-prod/token"))).toBe("403 not-in-scope");
    expect(verdict(await trader.get("/api/connections/etrade-sandbox/token"))).toBe("409 no-token");
    expect(verdict(await trader.get("/api/connections/etrade-moon/token"))).toBe("404 unknown-connection");
  });
});

describe("a confirmation", () => {
  it("is shown as current until the next version is stored", async () => {
    const { version } = await good<TokenReply>(token());
    expect(await good(confirm(version))).toEqual({ current: true });
    const consumers = async () =>
      (await client.connection("etrade-prod")).consumers.map(({ consumer, current }) => [consumer, current]);
    expect(await consumers()).toEqual([["bot 1", true]]);
    await program.renew(client, "etrade-prod");
    expect(await consumers()).toEqual([["bot 1", false]]);
    expect(await good(confirm(version))).toEqual({ current: false });
    expect(await good(confirm(version + 1))).toEqual({ current: true });
    expect(await consumers()).toEqual([["bot 1", true]]);
  });

  it("of a version that was never stored is refused, and so is a name that is none", async () => {
    expect(verdict(await confirm(99))).toBe("422 unknown-version");
    expect(verdict(await confirm(1, "<script>"))).toBe("400 bad-body");
    expect(verdict(await trader.post("/api/connections/etrade-prod/confirmations", {}))).toBe("400 bad-body");
  });
});

describe("the exported file", () => {
  it("holds the stored token for its owner alone, is mended at a start and gone after a revocation", async () => {
    await program.renew(client, "etrade-sandbox");
    const reply = await good<TokenReply>(trader.get("/api/connections/etrade-sandbox/token"));
    const content = {
      oauth_token: reply.accessToken,
      oauth_token_secret: reply.accessTokenSecret,
      environment: "sandbox",
      version: reply.version,
      issued_at: expect.any(String),
      expires_at: "2026-06-11T04:00:00Z",
    };
    const read = () => JSON.parse(readFileSync(exported("sandbox"), "utf8"));
    expect([read(), statSync(exported("sandbox")).mode & 0o777]).toEqual([content, 0o600]);

    rmSync(exported("sandbox"));
    await program.restart();
    expect(read()).toEqual(content);

    expect((await client.delete("/api/connections/etrade-sandbox/token")).status).toBe(200);
    expect(existsSync(exported("sandbox"))).toBe(false);
    expect(readdirSync(folder)).toEqual(["tokens_prod.json"]);
  });
});

describe("a revocation", () => {
  it("kills the token at the broker first, and is not hidden when the broker does not answer", async () => {
    await program.renew(client, "etrade-sandbox");
    const alive = async () =>
      (await program.control.state()).tokens.filter(
        ({ environment, state }) => environment === "sandbox" && state === "active",
      ).length;
    await program.control.fault({ fault: "maintenance", on: "revoke", times: 1 });
    expect(verdict(await client.delete("/api/connections/etrade-sandbox/token"))).toBe("503 broker-unavailable");
    expect([await alive(), (await client.connection("etrade-sandbox")).status.word]).toEqual([1, "active"]);
    expect((await client.delete("/api/connections/etrade-sandbox/token")).status).toBe(200);
    expect(await alive()).toBe(0);
    expect((await client.connection("etrade-sandbox")).status).toMatchObject({
      word: "needs-authorization",
      reason: "revoked",
    });
    expect(verdict(await client.delete("/api/connections/etrade-sandbox/token"))).toBe("409 no-token");
  });
});
