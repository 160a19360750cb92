// A keep-alive that fails: who is told, when, how often, and what the page claims meanwhile.
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/wait.ts";
import { startKeepAliveScene } from "./keepalive-scene.ts";

let scene: Awaited<ReturnType<typeof startKeepAliveScene>>;
beforeAll(async () => {
  scene = await startKeepAliveScene();
});
afterEach(() => scene.program.control.clear());

describe("a token that the broker withdrew", () => {
  it("is declared dead only after renewing failed, and both sides are told once", async () => {
    await scene.nextMorning();
    await scene.program.control.killToken("prod");
    const renewals = await scene.renewals();
    const told = await scene.toldBy(async () => expect(await scene.runNow()).toMatchObject({ outcome: "ended" }));
    expect(await scene.renewals()).toBe(renewals + 1);
    expect(told).toEqual({
      texts: [
        "❌ E*TRADE production: E*TRADE rejected the token before its time, and renewing it did not help. Your trading system is blind until you log in.",
      ],
      events: ["token.revoked", "authorization.needed"],
    });
    expect((await scene.connection()).status).toMatchObject({
      word: "needs-authorization",
      reason: "rejected",
      action: "renew",
    });
    const calls = await scene.listings();
    await scene.minutesLater(90);
    await scene.tick();
    expect([await scene.listings(), (await scene.runNow()).outcome]).toEqual([calls, "nothing-to-keep-alive"]);
  });
});

describe("a broker that does not answer", () => {
  it("is warned about at the third failure, once, and its recovery is told, once", async () => {
    await scene.nextMorning();
    await scene.program.control.fault({ fault: "error-500", on: "accounts" });
    const failing = await scene.toldBy(async () => {
      // oxlint-disable-next-line no-await-in-loop -- one check after the other
      for (let failures = 1; failures <= 5; failures += 1)
        expect((await scene.runNow()).keepAlive.consecutiveFailures).toBe(failures);
    });
    expect(failing).toEqual({
      texts: [
        "⚠️ E*TRADE production: 3 checks in a row failed. E*TRADE had an internal error. The token is untouched. Prebell keeps trying.",
      ],
      events: ["keepalive.failing"],
    });
    expect((await scene.connection()).status).toMatchObject({
      word: "unknown",
      reason: "server-error",
      action: "wait",
    });

    await scene.program.control.clear();
    const recovered = await scene.toldBy(async () => {
      expect((await scene.runNow()).outcome).toBe("ok");
      expect((await scene.runNow()).outcome).toBe("ok");
    });
    expect(recovered).toEqual({ texts: ["✅ E*TRADE production answers again."], events: ["keepalive.recovered"] });
    expect(await scene.connection()).toMatchObject({
      status: { word: "active" },
      keepAlive: { consecutiveFailures: 0, lastFailure: null },
    });
  });

  it("is tried again by itself, within half a minute at first", async () => {
    await scene.nextMorning();
    await scene.program.control.fault({ fault: "maintenance", on: "accounts", times: 1 });
    expect((await scene.runNow()).outcome).toBe("failed");
    const calls = await scene.listings();
    await scene.program.control.advance(Temporal.Duration.from({ seconds: 31 }));
    await scene.tick();
    await eventually("the second try", async () => (await scene.listings()) > calls);
    await eventually("the recovery", async () => (await scene.connection()).status.word === "active");
  });

  it("for a moment is nobody's business", async () => {
    await scene.nextMorning();
    await scene.program.control.fault({ fault: "drop", on: "accounts", times: 2 });
    const told = await scene.toldBy(async () => {
      expect((await scene.runNow()).outcome).toBe("failed");
      expect((await scene.runNow()).outcome).toBe("failed");
      expect((await scene.runNow()).outcome).toBe("ok");
    });
    expect(told).toEqual({ texts: [], events: [] });
  });
});

describe("a rejected consumer key", () => {
  it("is told at the first failure, as what it is, and never asks for a login", async () => {
    await scene.nextMorning();
    await scene.program.control.fault({ fault: "reject-key", on: "accounts" });
    const told = await scene.toldBy(async () => {
      await scene.runNow();
      await scene.runNow();
    });
    expect(told).toEqual({
      texts: [
        "⚠️ E*TRADE production is misconfigured. E*TRADE rejected the consumer key. Check the _CONSUMER_KEY variable, or the key in the page's settings; an expired key takes E*TRADE 2–3 days to replace. Logging in again would not help.",
      ],
      events: ["keepalive.failing"],
    });
    expect((await scene.connection()).status).toMatchObject({ word: "misconfigured", action: "fix-configuration" });
  });
});
