// SIGKILL at every step of a renewal. After the restart everything is true, and what was not lost goes on by itself.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { CompletionReply } from "../../server/http/contract.ts";
import type { FaultDraft } from "../../server/practice/fault.ts";
import { type Ceremony, ceremony } from "../support/program-ceremony.ts";
import { type Answer, type Client, good, verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { eventually } from "../support/wait.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../support/webhook-receiver.ts";

const apiToken = "an-api-token-for-the-scheduler";

let receiver: WebhookReceiver;
let program: Program;
let client: Client;
let prod: Ceremony;
/** The version before each test, and how much the trading system had heard. */
let before: number;
let heard: number;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  program = await startProgram({ env: { ...receiver.env, API_TOKEN: apiToken } });
  client = await program.signIn();
  prod = ceremony(program, client, "etrade-prod");
});

beforeEach(async () => {
  // No more than twenty renewals are begun within an hour.
  await program.control.advance(Temporal.Duration.from({ minutes: 10 }));
  before = (await renew()).version ?? 0;
  await untilTold();
  heard = receiver.deliveries.length;
});

const renew = () => program.renew(client, "etrade-prod");
const connection = () => client.connection("etrade-prod");
const told = (type: string) =>
  receiver.deliveries
    .slice(heard)
    .filter((delivery) => delivery.type === type)
    .map(({ version }) => version);

async function untilTold(): Promise<void> {
  await eventually("every event to be taken", async () => (await client.status()).events.waiting === 0);
}

/** Kills the program at the moment when the broker holds the call that `begin` led to, and starts it anew. */
async function killWhileHeld(place: FaultDraft["on"], phase: FaultDraft["phase"], begin: () => Promise<Answer>) {
  await program.control.fault({ fault: "hang", on: place, phase, times: 1 });
  const cut = begin().catch(() => "cut");
  await eventually("the call to be held", async () => (await program.control.state()).held === 1);
  await program.kill();
  expect(await cut).toBe("cut");
  await program.restart();
}

/** The start's own check may hold the connection for a moment. */
async function confirm(steps: Ceremony, accept: boolean): Promise<CompletionReply> {
  const answer = await eventually("the connection to be free", async () => {
    const given = await steps.confirm(accept);
    return given.code === "renewal-in-progress" ? null : given;
  });
  return good<CompletionReply>(Promise.resolve(answer));
}

describe("killed while the link is fetched", () => {
  it.each(["before", "after"] as const)(
    "(%s the broker made it) nothing is left waiting and the next tap works",
    async (phase) => {
      await killWhileHeld("request_token", phase, () => prod.tap({ restart: true }));
      const { status, token, authorization } = await connection();
      expect([status.word, token?.version, authorization?.stage]).toEqual(["active", before, "completed"]);
      expect(verdict(await prod.proof())).toBe("200 ok");
      expect((await renew()).version).toBe(before + 1);
    },
  );
});

describe("killed while the person is at the broker", () => {
  it("a reload goes on where it was, and the code brings the token", async () => {
    const link = await good<{ authorizeUrl: string }>(prod.tap({ restart: true }));
    await program.restart();
    expect((await connection()).authorization).toMatchObject({ stage: "waiting", mine: true, ...link });
    const verifier = await program.control.accept(link.authorizeUrl);
    expect(await good<CompletionReply>(prod.complete(verifier))).toMatchObject({
      outcome: "stored",
      version: before + 1,
    });
  });
});

describe("killed while the code is exchanged", () => {
  it("before the broker acted: the old token works on, the person is asked for a new code", async () => {
    const verifier = await prod.approve();
    await killWhileHeld("access_token", "before", () => prod.complete(verifier));
    await eventually("the end of that renewal", async () => (await connection()).authorization?.end === "interrupted");
    expect(verdict(await prod.complete(verifier))).toBe("409 authorization-interrupted");
    await eventually("the old token's proof", async () => (await connection()).status.word === "active");
    expect([await prod.version(), verdict(await prod.proof())]).toEqual([before, "200 ok"]);
    const texts = (await client.messages()).map(({ text }) => text);
    expect(texts).toContainEqual(
      expect.stringContaining("interrupted while the code was on its way. Start again for a new code."),
    );
    await renew();
    await untilTold();
    expect(told("token.renewed")).toEqual([before + 1]);
  });

  it("after the broker acted: the old token's end is found out and told, once", async () => {
    const verifier = await prod.approve();
    await killWhileHeld("access_token", "after", () => prod.complete(verifier));
    await eventually("the truth", async () => (await connection()).status.word === "needs-authorization");
    expect(await connection()).toMatchObject({ status: { reason: "rejected" }, token: { version: before } });
    expect(verdict(await prod.proof())).toBe("409 no-token");
    await renew();
    await untilTold();
    expect([told("token.revoked"), told("authorization.needed"), told("token.renewed")]).toEqual([
      [before],
      [before],
      [before + 1],
    ]);
  });
});

describe("killed while the new token is proven", () => {
  it.each(["before", "after"] as const)(
    "(%s the broker answered) it is proven, stored and announced once without the person",
    async (phase) => {
      const verifier = await prod.approve();
      await killWhileHeld("accounts", phase, () => prod.complete(verifier));
      await eventually("the next version", async () => (await prod.version()) === before + 1);
      expect([(await connection()).status.word, verdict(await prod.proof())]).toEqual(["active", "200 ok"]);
      await untilTold();
      expect(told("token.renewed")).toEqual([before + 1]);
      expect(verdict(await prod.complete(verifier))).toBe("409 verifier-used");
    },
  );

  it("the first time it waits, proven, for the owner's word", async () => {
    const sandbox = ceremony(program, client, "etrade-sandbox");
    const verifier = await sandbox.approve();
    await killWhileHeld("accounts", "before", () => sandbox.complete(verifier));
    const stage = async () => (await client.connection("etrade-sandbox")).authorization?.stage;
    await eventually("the question", async () => (await stage()) === "confirming-accounts");
    expect(await sandbox.version()).toBeNull();
    expect(await confirm(sandbox, false)).toMatchObject({ outcome: "discarded" });
    expect(told("token.renewed")).toEqual([]);
  });
});

describe("killed while the owner looks at the accounts", () => {
  it("they can still be confirmed after the restart, and version 1 is announced once", async () => {
    const listener = await startWebhookReceiver();
    const fresh = await startProgram({ env: listener.env });
    const owner = await fresh.signIn();
    const steps = ceremony(fresh, owner, "etrade-prod");
    await good(steps.complete(await steps.approve()));
    await fresh.restart();
    expect((await owner.connection("etrade-prod")).authorization).toMatchObject({
      stage: "confirming-accounts",
      mine: true,
    });
    expect(await confirm(steps, true)).toMatchObject({ outcome: "stored", version: 1 });
    await eventually("its announcement", async () => (await owner.status()).events.waiting === 0);
    expect(listener.deliveries.map(({ type, version }) => [type, version])).toEqual([["token.renewed", 1]]);
  });
});

describe("killed while the trading system holds its answer", () => {
  it("the event comes again under the same webhook-id, and the order stays", async () => {
    receiver.answerNext("hold");
    await renew();
    await eventually("the event on its way", () => receiver.deliveries.length === heard + 1);
    await program.restart();
    // Whoever held the event may still be at it; after a minute it is anybody's again.
    await program.control.advance(Temporal.Duration.from({ seconds: 61 }));
    await program.machine(apiToken).post("/cron/tick");
    await untilTold();
    await renew();
    await untilTold();
    const deliveries = receiver.deliveries.slice(heard);
    const [held] = deliveries;
    expect(deliveries.map(({ id, version, fault }) => [id === held?.id, version, fault])).toEqual([
      [true, before + 1, null],
      [true, before + 1, null],
      [false, before + 2, null],
    ]);
    expect(deliveries.map(({ sequence }) => sequence - (held?.sequence ?? 0))).toEqual([0, 0, 1]);
  });
});
