// The token is kept awake through the day and ends at midnight, on the practice brokers' clock.
import { beforeAll, describe, expect, it } from "vitest";
import type { KeepAliveStatusReply } from "../../server/http/contract.ts";
import { good, verdict } from "../support/program-client.ts";
import { eventually } from "../support/wait.ts";
import { startKeepAliveScene } from "./keepalive-scene.ts";

let scene: Awaited<ReturnType<typeof startKeepAliveScene>>;
beforeAll(async () => {
  scene = await startKeepAliveScene();
});

describe("a token that nobody uses", () => {
  it("is called after an hour, well inside the two, and not before", async () => {
    await scene.nextMorning();
    const before = await scene.listings();
    await scene.minutesLater(59);
    await scene.tick();
    expect(await scene.listings()).toBe(before);
    await scene.minutesLater(2);
    await scene.tick();
    await eventually("the call", async () => (await scene.listings()) === before + 1);
    await scene.tick();
    expect(await scene.listings()).toBe(before + 1);
    expect((await scene.connection()).status.word).toBe("active");
    expect(await scene.renewals()).toBe(0);
  });

  it("says when it was called last and when it is called next", async () => {
    await scene.nextMorning();
    const { keepAlive, token } = await scene.connection();
    const hourLater = Temporal.Instant.from(token?.verifiedAt ?? "").add({ hours: 1 });
    expect(keepAlive).toEqual({
      lastCallAt: token?.verifiedAt,
      lastCall: "accounts-list",
      nextCallAt: hourLater.toString({ smallestUnit: "millisecond" }),
      consecutiveFailures: 0,
      lastFailure: null,
    });
  });

  it("is shown idle after two hours of which we missed the call, and is woken by the next one", async () => {
    await scene.nextMorning();
    await scene.program.control.idleToken("prod");
    const renewals = await scene.renewals();
    const told = await scene.toldBy(async () =>
      expect(await scene.runNow()).toMatchObject({ outcome: "revived", status: { word: "active" } }),
    );
    expect(told).toEqual({ texts: [], events: [] });
    expect(await scene.renewals()).toBe(renewals + 1);
    expect(verdict(await scene.client.get("/api/connections/etrade-prod/accounts"))).toBe("200 ok");
  });
});

describe("midnight in New York", () => {
  it("ends the token; the trading system hears it, the person is told quietly and once", async () => {
    await scene.nextMorning();
    const told = await scene.toldBy(async () => {
      await scene.minutesLater(15 * 60);
      await scene.tick();
      await scene.tick();
    });
    expect(told).toEqual({
      texts: ["E*TRADE production expired at midnight, as it must. You will be reminded before the open."],
      events: ["token.expired"],
    });
    expect((await scene.connection()).status).toMatchObject({ word: "needs-authorization", reason: "expired" });
  });
});

describe("the scheduler's view", () => {
  it("GET /keepalive/status tells each connection's last and next call", async () => {
    await scene.nextMorning();
    const { connections } = await good<KeepAliveStatusReply>(scene.machine.get("/keepalive/status"));
    expect(connections).toMatchObject([
      { id: "etrade-prod", status: "active", lastCall: "accounts-list", consecutiveFailures: 0 },
      { id: "etrade-sandbox", status: "needs-authorization", lastCallAt: null, nextCallAt: null },
      { id: "schwab-prod", status: "needs-authorization", lastCallAt: null, nextCallAt: null },
    ]);
  });

  it("POST /keepalive/force calls every connection that has a token, now", async () => {
    await scene.nextMorning();
    const before = await scene.listings();
    const { connections } = await good<KeepAliveStatusReply>(scene.machine.post("/keepalive/force"));
    expect(connections.map(({ id, outcome }) => [id, outcome])).toEqual([
      ["etrade-prod", "ok"],
      ["etrade-sandbox", "nothing-to-keep-alive"],
      ["schwab-prod", "nothing-to-keep-alive"],
    ]);
    expect(await scene.listings()).toBe(before + 1);
  });
});
