import { describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import { cancelAuthorization } from "../../../server/use-cases/cancel-authorization.ts";
import { createStartAuthorization, type StartRequest } from "../../../server/use-cases/start-authorization.ts";
import { aConnection } from "../../support/builders.ts";
import { aWorkbench, bringCode, pin, prod, session, startRenewal, type Workbench } from "./workbench.ts";

const request = { connectionId: prod, sessionId: session, restart: false };

/** Taps at the same program. */
function starting(deps: Workbench["deps"]) {
  const start = createStartAuthorization();
  return (wish: StartRequest) => start(deps, wish);
}

describe("createStartAuthorization", () => {
  it("fetches one link for taps that arrive together, and gives it again within a minute", async () => {
    const bench = aWorkbench();
    const start = starting(bench.deps);
    const taps = await Promise.all([start(request), start(request), start(request)]);
    bench.now = bench.now.add({ seconds: 59 });
    taps.push(await start(request));
    expect(new Set(taps.map((tap) => (tap.outcome === "started" ? tap.pending.id : tap.code))).size).toBe(1);
    expect(bench.provider().calls).toEqual(["beginAuthorization"]);
  });

  it("fetches a new link after a minute, on another device, and when asked to start again", async () => {
    const bench = aWorkbench();
    const start = starting(bench.deps);
    await start(request);
    await start({ ...request, restart: true });
    await start({ ...request, sessionId: "another phone" });
    bench.now = bench.now.add({ seconds: 60 });
    await start(request);
    expect(bench.provider().calls).toHaveLength(4);
  });

  it("starts twenty renewals an hour and no more, to keep the login from being locked", async () => {
    const bench = aWorkbench();
    const start = starting(bench.deps);
    const outcomes: string[] = [];
    for (let tap = 1; tap <= 21; tap += 1) {
      bench.now = bench.now.add({ minutes: 2 });
      // oxlint-disable-next-line no-await-in-loop -- taps follow each other
      const result = await start(request);
      outcomes.push(result.outcome === "refused" ? result.code : result.outcome);
    }
    expect(outcomes).toEqual([...Array.from({ length: 20 }, () => "started"), "too-many-attempts"]);
    expect(bench.provider().calls).toHaveLength(20);

    // The first of them was 42 minutes ago; eighteen more, and it no longer counts.
    bench.now = bench.now.add({ minutes: 20 });
    expect(await start(request)).toMatchObject({ outcome: "started" });
  });

  it("leaves the token in use untouched when the broker gives no link", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin }));
    const before = await bench.connection();
    bench.provider().next.beginAuthorization.push(failed("maintenance", 503));
    expect(await startRenewal(bench.deps)).toMatchObject({ code: "broker-unavailable", reason: "maintenance" });
    expect(await bench.connection()).toEqual(before);
    expect((await bench.stores.records.journal(1))[0]).toMatchObject({ kind: "authorization-failed" });
  });

  it("records a rejected key, and that it is accepted again", async () => {
    const bench = aWorkbench();
    bench.provider().next.beginAuthorization.push(failed("consumer-key-rejected", 401));
    expect(await startRenewal(bench.deps)).toMatchObject({ code: "misconfigured" });
    expect((await bench.connection()).lastFailure).toMatchObject({ call: "request-token" });
    await startRenewal(bench.deps);
    expect((await bench.connection()).lastFailure).toBeNull();
  });

  it("knows no connection that is not configured", async () => {
    expect(await startRenewal(aWorkbench().deps, "etrade-9")).toMatchObject({ code: "unknown-connection" });
  });
});

describe("cancelAuthorization", () => {
  it("ends the links of this session and leaves those of others", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin }));
    await startRenewal(bench.deps);
    await startRenewal(bench.deps, prod, "another phone");
    expect(await cancelAuthorization(bench.deps, request)).toEqual({ outcome: "cancelled" });
    expect(await bringCode(bench.deps)).toMatchObject({ code: "authorization-missing" });
    expect(await bringCode(bench.deps, "MX9ES", prod, "another phone")).toMatchObject({ outcome: "stored" });
  });

  it("revokes a token that waits for its accounts to be confirmed", async () => {
    const bench = aWorkbench();
    await startRenewal(bench.deps);
    await bringCode(bench.deps);
    await cancelAuthorization(bench.deps, request);
    expect(bench.provider().calls.at(-1)).toBe("revoke access-1");
    expect(await bench.stores.tokens.latestVersion(prod)).toBeNull();
  });
});
