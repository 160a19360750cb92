// Schwab in the real program against the practice Schwab: the login by redirect, two clocks, one refresh at a time.
import { beforeAll, describe, expect, it } from "vitest";
import type { AuthorizationReply, CompletionReply, TokenReply } from "../../server/http/contract.ts";
import { leaksIn } from "../support/canaries.ts";
import { type Answer, type Client, good, verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { prebell } from "../support/terminal.ts";
import { eventually } from "../support/wait.ts";

const path = "/api/connections/schwab-prod/authorizations";
const apiToken = "a-token-for-the-trading-system-of-the-test";
let program: Program;
let client: Client;
let machine: Client;

beforeAll(async () => {
  program = await startProgram({ env: { API_TOKEN: apiToken } });
  client = await program.signIn();
  machine = program.machine(apiToken);
});

const connection = () => client.connection("schwab-prod");
const hours = (count: number) => program.control.advance(Temporal.Duration.from({ hours: count }));
const begin = (by = client) => good<AuthorizationReply>(by.post(path, { restart: true }));
const finish = (answer: object, by = client): Promise<Answer> => by.post(`${path}/complete`, answer);
const refreshCalls = async () =>
  (await program.control.state()).schwab.logins.reduce((sum, { refreshes }) => sum + refreshes, 0);

async function logIn(): Promise<CompletionReply> {
  const { authorizeUrl } = await begin();
  const callbackUrl = await program.control.schwab.accept(authorizeUrl);
  const completed = await good<CompletionReply>(finish({ callbackUrl }));
  if (completed.outcome !== "confirm-accounts") return completed;
  return good<CompletionReply>(client.post(`${path}/confirm-accounts`, { accept: true }));
}

/** An earlier consent has ended the login in use: brings a fresh address for it. */
async function logInAgain(): Promise<URL> {
  const { authorizeUrl } = await begin();
  return new URL(await program.control.schwab.accept(authorizeUrl));
}

async function strangerWithASession(): Promise<Client> {
  const link = (await prebell(program, ["link"])).stdout.trim();
  const { headers } = client;
  const token = new URL(link).hash.replace("#signin=", "");
  const { cookie: _cookie, ...page } = headers;
  const spent = await program.stranger(page).post("/api/sessions/handoff", { token });
  return program.stranger({ ...page, cookie: spent.headers.getSetCookie()[0]?.split(";")[0] ?? "" });
}

describe("a login", () => {
  it("is asked for with our own callback page and a state that only this one has", async () => {
    const { authorizeUrl, ceremony } = await begin();
    const query = new URL(authorizeUrl).searchParams;
    expect(ceremony).toBe("redirect");
    expect(query.get("redirect_uri")).toBe(`${program.pageUrl}/callback/schwab`);
    expect(query.get("state")).toMatch(/^[\w-]{32,}$/);
    expect(new URL((await begin()).authorizeUrl).searchParams.get("state")).not.toBe(query.get("state"));
  });

  it("is stored once its accounts are confirmed, and ends seven days after it was made", async () => {
    expect(await logIn()).toMatchObject({ outcome: "stored", version: 1 });
    const { status, token } = await connection();
    expect(status.word).toBe("active");
    const end = Temporal.Instant.from(token?.issuedAt ?? "").add({ hours: 168 });
    expect(Temporal.Instant.from(token?.expiresAt ?? "").equals(end)).toBe(true);
  });

  it.each<[string, (url: URL) => void, string]>([
    ["another state", (url) => url.searchParams.set("state", "somebody-elses"), "callback-mismatch"],
    ["no state", (url) => url.searchParams.delete("state"), "callback-mismatch"],
    ["no code", (url) => url.searchParams.delete("code"), "verifier-malformed"],
  ])("is not finished by an address with %s", async (_what, spoil, expected) => {
    const { authorizeUrl } = await begin();
    const url = new URL(await program.control.schwab.accept(authorizeUrl));
    spoil(url);
    expect((await finish({ callbackUrl: url.href })).code).toBe(expected);
    await good<CompletionReply>(finish({ callbackUrl: (await logInAgain()).href }));
  });

  it("that took longer than thirty seconds from consent to code says so", async () => {
    const url = await logInAgain();
    await program.control.advance(Temporal.Duration.from({ seconds: 31 }));
    const answer = await finish({ callbackUrl: url.href });
    expect(answer.code).toBe("verifier-rejected");
    expect(answer.text).toContain("30 seconds");
    expect(await logIn()).toMatchObject({ outcome: "stored" });
  });

  it("that was cancelled at Schwab is called cancelled", async () => {
    const { authorizeUrl } = await begin();
    const callbackUrl = await program.control.schwab.accept(authorizeUrl, { decision: "cancel" });
    expect((await finish({ callbackUrl })).code).toBe("authorization-denied");
    expect((await connection()).status.word).toBe("active");
  });

  it("is not ended by somebody's address that says it was cancelled", async () => {
    const { authorizeUrl } = await begin();
    const forged = new URL(await program.control.schwab.accept(authorizeUrl));
    const { href } = forged;
    forged.search = "?error=access_denied&state=somebody-elses";
    expect((await finish({ callbackUrl: forged.href })).code).toBe("authorization-denied");
    await good<CompletionReply>(finish({ callbackUrl: href }));
  });

  it("is finished by the bare code too, by whoever began it and by nobody else", async () => {
    const { authorizeUrl } = await begin();
    const code = new URL(await program.control.schwab.accept(authorizeUrl)).searchParams.get("code") ?? "";
    const stranger = await strangerWithASession();
    expect((await finish({ verifier: code }, stranger)).code).toBe("authorization-elsewhere");
    expect(await good<CompletionReply>(finish({ verifier: encodeURIComponent(code) }))).toMatchObject({
      outcome: "stored",
    });
  });

  it("that opens somebody else's accounts stores nothing, and alarms", async () => {
    const before = await connection();
    const { authorizeUrl } = await begin();
    const callbackUrl = await program.control.schwab.accept(authorizeUrl, { as: "somebody else" });
    expect((await finish({ callbackUrl })).code).toBe("account-mismatch");
    // The earlier login is asked at once whether it still lives, by a refresh: what is stored comes of it and of no other.
    const after = await connection();
    expect(after.status.word).toBe("active");
    expect(after.token).toMatchObject({ issuedAt: before.token?.issuedAt, expiresAt: before.token?.expiresAt });
    expect(after.accounts).toEqual(before.accounts);
    expect((await client.messages()).map(({ kind }) => kind)).toContain("account-mismatch");
    expect(await logIn()).toMatchObject({ outcome: "stored" });
  });
});

describe("the access token", () => {
  it("lapses after half an hour while the login lives: idle, and refreshed when a program asks", async () => {
    await hours(1);
    const { status, token } = await connection();
    expect(status.word).toBe("idle");
    const given = await good<TokenReply>(machine.get("/api/connections/schwab-prod/token?minValidSeconds=900"));
    expect(given.validForSeconds).toBeGreaterThan(900);
    expect(given).not.toHaveProperty("refreshToken");
    const after = await connection();
    expect(after.status.word).toBe("active");
    expect(after.token?.version).toBe((token?.version ?? 0) + 1);
    expect(after.token?.expiresAt).toBe(token?.expiresAt);
  });

  it("is refreshed once for fifty programs at once, some of them in processes of their own", async () => {
    await hours(1);
    const before = await refreshCalls();
    const [answers, commands] = await Promise.all([
      Promise.all(
        Array.from({ length: 47 }, () => machine.get("/api/connections/schwab-prod/token?minValidSeconds=900")),
      ),
      Promise.all(Array.from({ length: 3 }, () => prebell(program, ["token", "schwab-prod", "--min-valid", "900"]))),
    ]);
    expect(answers.map(verdict)).toEqual(answers.map(() => "200 ok"));
    expect(commands.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(await refreshCalls()).toBe(before + 1);
  });

  it("is refreshed with a refresh token that changes each time, where Schwab rotates it", async () => {
    await program.control.schwab.rotation(true);
    for (let round = 0; round < 3; round += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one refresh after the other
      await hours(1);
      // oxlint-disable-next-line no-await-in-loop
      await good<TokenReply>(machine.get("/api/connections/schwab-prod/token?minValidSeconds=900"));
    }
    expect((await connection()).status.word).toBe("active");
  });

  it("stays as it is through Schwab's bad moments", async () => {
    for (const fault of ["html-403", "rate-limit", "error-500"] as const) {
      // oxlint-disable-next-line no-await-in-loop -- one bad moment after the other
      await hours(1);
      // oxlint-disable-next-line no-await-in-loop
      await program.control.fault({ fault, on: "refresh", broker: "schwab", times: 1 });
      // oxlint-disable-next-line no-await-in-loop
      expect((await machine.get("/api/connections/schwab-prod/token?minValidSeconds=900")).status).toBe(503);
      // oxlint-disable-next-line no-await-in-loop
      expect((await connection()).status.word).toBe("unknown");
      // oxlint-disable-next-line no-await-in-loop
      await hours(1);
      // oxlint-disable-next-line no-await-in-loop
      await machine.post("/cron/tick");
      // oxlint-disable-next-line no-await-in-loop
      await eventually("the next check", async () => (await connection()).status.word !== "unknown");
    }
    expect((await machine.get("/api/connections/schwab-prod/token?minValidSeconds=900")).status).toBe(200);
  });
});

describe("accounts, balances and positions", () => {
  it("come in one shape, dollars and short positions negative, also when the access token had lapsed", async () => {
    await hours(1);
    expect((await connection()).status.word).toBe("idle");
    const balances = await good<{ balances: object[] }>(client.get("/api/connections/schwab-prod/balances"));
    const positions = await good<{ positions: { quantity: number; marketValue: number; currency: string }[] }>(
      client.get("/api/connections/schwab-prod/positions"),
    );
    expect(balances.balances.length).toBeGreaterThan(1);
    const short = positions.positions.filter(({ quantity }) => quantity < 0);
    expect(short.length).toBeGreaterThan(0);
    expect(short.every(({ marketValue, currency }) => marketValue < 0 && currency === "USD")).toBe(true);
    expect(JSON.stringify([balances, positions])).not.toMatch(/41728305|41720917/);
  });
});

describe("the end of a login", () => {
  it("before its time is an event of its own that says how long it lived", async () => {
    await program.control.schwab.killLogin();
    await hours(1);
    await client.post("/api/connections/schwab-prod/keepalive");
    expect((await connection()).status).toMatchObject({ word: "needs-authorization", reason: "rejected" });
    const [newest] = await client.messages();
    expect(newest?.text).toMatch(/died early.*lived .*the rule says 7 d/s);
    expect(await logIn()).toMatchObject({ outcome: "stored" });
  });

  it("by a newer login elsewhere is noticed at the next call", async () => {
    const { authorizeUrl } = await begin();
    await program.control.schwab.accept(authorizeUrl).then((callbackUrl) => finish({ callbackUrl }));
    await program.control.schwab.killLogin();
    await client.post("/api/connections/schwab-prod/keepalive");
    expect((await connection()).status.word).toBe("needs-authorization");
    expect(await logIn()).toMatchObject({ outcome: "stored" });
  });

  it("by the owner's wish is forgotten here, and said not to be revoked there", async () => {
    expect((await client.delete("/api/connections/schwab-prod/token")).status).toBe(200);
    expect((await connection()).status).toMatchObject({ word: "needs-authorization", reason: "revoked" });
  });

  it("left no secret in a log, an answer or an address", async () => {
    const { logins } = (await program.control.state()).schwab;
    expect(logins.length).toBeGreaterThan(3);
    const places = { log: program.output(), answers: JSON.stringify(program.answers.map(({ answer }) => answer.text)) };
    expect(leaksIn(places, { "app secret": "PracticeSecret01" })).toEqual([]);
    expect(places.log).not.toMatch(/C0\.|refresh_token"?[:=]/);
  });
});
