// The broker is slow, down, busy, under maintenance or refuses the key, at each step of a renewal.
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { CompletionReply } from "../../server/http/contract.ts";
import type { FaultDraft } from "../../server/practice/fault.ts";
import { type Ceremony, ceremony } from "../support/program-ceremony.ts";
import { type Client, good, verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { eventually } from "../support/wait.ts";

const apiToken = "an-api-token-for-the-scheduler";

let program: Program;
let client: Client;
let prod: Ceremony;
let before: number;

beforeAll(async () => {
  program = await startProgram({ env: { API_TOKEN: apiToken } });
  client = await program.signIn();
  prod = ceremony(program, client, "etrade-prod");
  before = (await program.renew(client, "etrade-prod")).version ?? 0;
});

afterEach(async () => {
  await program.control.clear();
  await prod.cancel();
  // Whatever a test left behind, the next one finds a token that works.
  if (verdict(await prod.proof()) !== "200 ok") await program.renew(client, "etrade-prod");
  await client.post("/api/connections/etrade-prod/keepalive");
  before = (await prod.version()) ?? 0;
});

const status = async () => (await client.connection("etrade-prod")).status;

async function expectUntouched(): Promise<void> {
  await program.control.clear();
  expect([verdict(await prod.proof()), await prod.version()]).toEqual(["200 ok", before]);
}

const troubles: [string, Pick<FaultDraft, "fault">, RegExp][] = [
  ["is down", { fault: "drop" }, /can't be reached/],
  ["breaks", { fault: "error-500" }, /had an internal error/],
  ["is under maintenance", { fault: "maintenance" }, /is under maintenance/],
  ["asks for fewer calls", { fault: "rate-limit" }, /asks for fewer calls/],
  ["shows a splash page", { fault: "html-garbage" }, /something other than it documents/],
];

describe.each(troubles)("while the broker %s", (_what, fault, sentence) => {
  it("the tap on Renew says so and gives no link", async () => {
    await program.control.fault({ ...fault, on: "request_token" });
    const answer = await prod.tap({ restart: true });
    expect([verdict(answer), answer.headers.get("retry-after")]).toEqual(["503 broker-unavailable", "10"]);
    expect(answer.text).toMatch(sentence);
    await expectUntouched();
  });

  it("the code is not lost: it works once the trouble is over", async () => {
    const verifier = await prod.approve();
    await program.control.fault({ ...fault, on: "access_token" });
    const answer = await prod.complete(verifier);
    expect(verdict(answer)).toBe("503 broker-unavailable");
    expect(answer.text).toMatch(sentence);
    await expectUntouched();
    expect(await good<CompletionReply>(prod.complete(verifier))).toMatchObject({
      outcome: "stored",
      version: before + 1,
    });
  });

  it("the new token is kept, proven later without the person, and announced only then", async () => {
    const verifier = await prod.approve();
    await program.control.fault({ ...fault, on: "accounts" });
    const reply = await good<CompletionReply>(prod.complete(verifier));
    expect(reply).toMatchObject({ outcome: "verifying", version: before });
    await program.machine(apiToken).post("/cron/tick");
    expect(await prod.version()).toBe(before);
    await program.control.clear();
    // Past every wait of the retry table.
    await program.control.advance(Temporal.Duration.from({ minutes: 5 }));
    await program.machine(apiToken).post("/cron/tick");
    await eventually("the next version", async () => (await prod.version()) === before + 1);
    expect(verdict(await prod.proof())).toBe("200 ok");
  });
});

describe("a broker that takes its time", () => {
  it("is waited for at every step", async () => {
    await program.control.fault({ fault: "slow", milliseconds: 150 });
    const verifier = await prod.approve();
    expect(await good<CompletionReply>(prod.complete(verifier))).toMatchObject({
      outcome: "stored",
      version: before + 1,
    });
  });
});

describe("a rejected consumer key", () => {
  it("is the operator's to mend, and mended as soon as the broker gives a link again", async () => {
    await program.control.fault({ fault: "reject-key", on: "request_token" });
    const answer = await prod.tap({ restart: true });
    expect(verdict(answer)).toBe("502 misconfigured");
    expect(answer.text).toContain("Check the _CONSUMER_KEY variable");
    expect(await status()).toMatchObject({
      word: "misconfigured",
      reason: "consumer-key-rejected",
      action: "fix-configuration",
    });
    await expectUntouched();
    await good(prod.tap({ restart: true }));
    expect((await status()).word).toBe("active");
  });

  it("does not cost the code: after the remedy it brings the token", async () => {
    const verifier = await prod.approve();
    await program.control.fault({ fault: "reject-key", on: "access_token" });
    expect(verdict(await prod.complete(verifier))).toBe("502 misconfigured");
    expect((await status()).word).toBe("misconfigured");
    await expectUntouched();
    expect(await good<CompletionReply>(prod.complete(verifier))).toMatchObject({
      outcome: "stored",
      status: { word: "active" },
    });
  });

  it("after the exchange keeps the new token until it can be proven", async () => {
    const verifier = await prod.approve();
    await program.control.fault({ fault: "reject-key", on: "accounts" });
    expect(await good<CompletionReply>(prod.complete(verifier))).toMatchObject({
      outcome: "verifying",
      version: before,
    });
    await program.control.clear();
    // Past every wait of the retry table.
    await program.control.advance(Temporal.Duration.from({ minutes: 5 }));
    await program.machine(apiToken).post("/cron/tick");
    await eventually("the next version", async () => (await prod.version()) === before + 1);
  });
});

describe("an answer lost on its way back", () => {
  it("to the tap costs nothing", async () => {
    await program.control.fault({ fault: "drop", on: "request_token", phase: "after" });
    expect(verdict(await prod.tap({ restart: true }))).toBe("503 broker-unavailable");
    await expectUntouched();
  });

  it("to the exchange is found out: what the page says is what the broker says", async () => {
    const verifier = await prod.approve();
    await program.control.fault({ fault: "drop", on: "access_token", phase: "after", times: 1 });
    expect(verdict(await prod.complete(verifier))).toBe("503 broker-unavailable");
    // The practice broker ends the earlier token with the new login, and nobody holds the new one.
    expect(await status()).toMatchObject({ word: "unknown", reason: "unreachable" });
    await program.control.advance(Temporal.Duration.from({ seconds: 30 }));
    await program.machine(apiToken).post("/cron/tick");
    await eventually("the end of the token", async () => (await status()).word === "authorizing");
    expect(verdict(await prod.proof())).toBe("409 no-token");
    expect(verdict(await prod.complete(verifier))).toBe("422 verifier-rejected");
    await prod.cancel();
    expect(await status()).toMatchObject({ word: "needs-authorization", reason: "rejected" });
    expect(await prod.version()).toBe(before);
  });
});
