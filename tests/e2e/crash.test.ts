// SIGKILL at every step of a renewal. After the restart everything is true, and what was not lost goes on by itself.
import { describe, expect, it } from "vitest";
import type { CompletionReply } from "../../server/http/contract.ts";
import type { FaultDraft } from "../../server/practice/fault.ts";
import { ceremony } from "../support/program-ceremony.ts";
import { type Answer, good, verdict } from "../support/program-client.ts";
import { startProgram } from "../support/program.ts";
import { eventually } from "../support/wait.ts";
import { startWebhookReceiver } from "../support/webhook-receiver.ts";

const apiToken = "an-api-token-for-the-scheduler";

async function scene(connectionId = "etrade-prod") {
  const receiver = await startWebhookReceiver();
  const program = await startProgram({ env: { ...receiver.env, API_TOKEN: apiToken } });
  const client = await program.signIn();
  const connection = () => client.connection(connectionId);
  return {
    receiver,
    program,
    client,
    connection,
    steps: ceremony(program, client, connectionId),
    renew: () => program.renew(client, connectionId),
    tick: () => program.machine(apiToken).post("/cron/tick"),
    /** Kills the program at the moment when the broker holds the call that `begin` led to, and starts it anew. */
    killWhileHeld: async (place: FaultDraft["on"], phase: FaultDraft["phase"], begin: () => Promise<Answer>) => {
      await program.control.fault({ fault: "hang", on: place, phase, times: 1 });
      const cut = begin().catch(() => "cut");
      await eventually("the call to be held", async () => (await program.control.state()).held === 1);
      await program.kill();
      expect(await cut).toBe("cut");
      await program.restart();
    },
    told: (type: string) =>
      receiver.deliveries.filter((delivery) => delivery.type === type).map(({ version }) => version),
    brokersTokens: async () => (await program.control.state()).tokens.map(({ state }) => state),
  };
}

describe("killed while the link is fetched", () => {
  it.each(["before", "after"] as const)(
    "(%s the broker made it) nothing is left waiting and the next tap works",
    async (phase) => {
      const { steps, renew, connection, killWhileHeld } = await scene();
      await renew();
      await killWhileHeld("request_token", phase, () => steps.tap());
      const { status, token, authorization } = await connection();
      expect([status.word, token?.version, authorization?.stage]).toEqual(["active", 1, "completed"]);
      expect(verdict(await steps.proof())).toBe("200 ok");
      expect((await renew()).version).toBe(2);
    },
  );
});

describe("killed while the person is at the broker", () => {
  it("a reload goes on where it was, and the code brings the token", async () => {
    const { program, steps, connection } = await scene();
    const link = await good<{ authorizeUrl: string }>(steps.tap());
    await program.restart();
    expect((await connection()).authorization).toMatchObject({ stage: "waiting", mine: true, ...link });
    const verifier = await program.control.accept(link.authorizeUrl);
    expect(await good<CompletionReply>(steps.complete(verifier))).toMatchObject({ outcome: "confirm-accounts" });
  });
});

describe("killed while the code is exchanged", () => {
  it("before the broker acted: the old token works on, the person is asked for a new code", async () => {
    const { client, steps, renew, connection, killWhileHeld, told } = await scene();
    await renew();
    const verifier = await steps.approve();
    await killWhileHeld("access_token", "before", () => steps.complete(verifier));
    await eventually("the end of that renewal", async () => (await connection()).authorization?.end === "interrupted");
    expect(verdict(await steps.complete(verifier))).toBe("409 authorization-interrupted");
    expect([(await connection()).status.word, verdict(await steps.proof())]).toEqual(["active", "200 ok"]);
    const texts = (await client.messages()).map(({ text }) => text);
    expect(texts).toContainEqual(
      expect.stringContaining("interrupted while the code was on its way. Start again for a new code."),
    );
    expect((await renew()).version).toBe(2);
    await eventually("version 2 to be announced", () => told("token.renewed").includes(2));
    expect(told("token.renewed")).toEqual([1, 2]);
  });

  it("after the broker acted: the old token's end is found out and told, once", async () => {
    const { steps, renew, connection, killWhileHeld, told } = await scene();
    await renew();
    const verifier = await steps.approve();
    await killWhileHeld("access_token", "after", () => steps.complete(verifier));
    await eventually("the truth", async () => (await connection()).status.word === "needs-authorization");
    expect(await connection()).toMatchObject({ status: { reason: "rejected" }, token: { version: 1 } });
    expect(verdict(await steps.proof())).toBe("409 no-token");
    expect((await renew()).version).toBe(2);
    await eventually("version 2 to be announced", () => told("token.renewed").includes(2));
    expect([told("token.revoked"), told("authorization.needed"), told("token.renewed")]).toEqual([[1], [1], [1, 2]]);
  });
});

describe("killed while the new token is proven", () => {
  it.each(["before", "after"] as const)(
    "(%s the broker answered) it is proven, stored and announced once without the person",
    async (phase) => {
      const { steps, renew, connection, killWhileHeld, told } = await scene();
      await renew();
      const verifier = await steps.approve();
      await killWhileHeld("accounts", phase, () => steps.complete(verifier));
      await eventually("version 2", async () => (await connection()).token?.version === 2);
      expect([(await connection()).status.word, verdict(await steps.proof())]).toEqual(["active", "200 ok"]);
      await eventually("its announcement", () => told("token.renewed").includes(2));
      expect(told("token.renewed")).toEqual([1, 2]);
      expect(verdict(await steps.complete(verifier))).toBe("409 verifier-used");
    },
  );

  it("the first time it waits, proven, for the owner's word", async () => {
    const { steps, connection, killWhileHeld, told, brokersTokens } = await scene("etrade-sandbox");
    const verifier = await steps.approve();
    await killWhileHeld("accounts", "before", () => steps.complete(verifier));
    await eventually("the question", async () => (await connection()).authorization?.stage === "confirming-accounts");
    expect((await connection()).token).toBeNull();
    const confirmed = await eventually("the lease to be free", async () => {
      const answer = await steps.confirm(true);
      return answer.code === "renewal-in-progress" ? null : answer;
    });
    expect(verdict(confirmed)).toBe("200 ok");
    await eventually("its announcement", () => told("token.renewed").length > 0);
    expect([told("token.renewed"), await brokersTokens()]).toEqual([[1], ["active"]]);
  });
});

describe("killed while the owner looks at the accounts", () => {
  it("they can still be confirmed after the restart", async () => {
    const { program, steps, connection } = await scene();
    await good(steps.complete(await steps.approve()));
    await program.restart();
    expect((await connection()).authorization).toMatchObject({ stage: "confirming-accounts", mine: true });
    const confirmed = await eventually("the lease to be free", async () => {
      const answer = await steps.confirm(true);
      return answer.code === "renewal-in-progress" ? null : answer;
    });
    expect(JSON.parse(confirmed.text)).toMatchObject({ outcome: "stored", version: 1 });
  });
});

describe("killed while the trading system holds its answer", () => {
  it("the event comes again under the same webhook-id, and the order stays", async () => {
    const { program, receiver, renew, tick } = await scene();
    await renew();
    await eventually("version 1 to be taken", () => receiver.deliveries.some(({ answered }) => answered === 200));
    receiver.answerNext("hold");
    await renew();
    await eventually("version 2 on its way", () => receiver.deliveries.length === 2);
    await program.restart();
    // Whoever held the event may still be at it; after a minute it is anybody's again.
    await program.control.advance(Temporal.Duration.from({ seconds: 61 }));
    await tick();
    await eventually("the repetition", () => receiver.deliveries.length === 3);
    await renew();
    await eventually("version 3", () => receiver.deliveries.length === 4);
    expect(receiver.deliveries.map(({ version, sequence, fault }) => [version, sequence, fault])).toEqual([
      [1, 1, null],
      [2, 2, null],
      [2, 2, null],
      [3, 3, null],
    ]);
    const ids = receiver.deliveries.map(({ id }) => id);
    expect([new Set(ids).size, ids[1] === ids[2]]).toEqual([3, true]);
  });
});
