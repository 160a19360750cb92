import { describe, expect, it } from "vitest";
import { DeliveryError } from "../../../server/ports.ts";
import { readOverview } from "../../../server/use-cases/overview.ts";
import { registerConnections } from "../../../server/use-cases/register-connections.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { aConnection, aToken, at } from "../../support/builders.ts";
import { newYork } from "../../support/simulation-calendar.ts";
import { aWeeklyLogin } from "./weekly-login.ts";
import { aWorkbench, bringCode, pin, prod, startRenewal } from "./workbench.ts";

const sandbox = "etrade-sandbox";

describe("readOverview", () => {
  it("shows every configured connection, recorded or not, and when it will be asked for next", async () => {
    const bench = aWorkbench({ ids: [prod, sandbox] });
    await bench.have(aConnection({ pin }));
    const { connections, today, nextDay } = await readOverview(bench.deps);
    expect(
      connections.map(({ status, nextCheckAt, nextReminderAt }) => [status.word, nextCheckAt, nextReminderAt]),
    ).toEqual([
      // 09:30 in New York, and 08:30 of the next day.
      ["active", at("2026-03-10T13:30:00Z"), at("2026-03-11T12:30:00Z")],
      ["needs-authorization", null, at("2026-03-10T13:00:00Z")],
    ]);
    expect([today.date.toString(), nextDay.date.toString()]).toEqual(["2026-03-10", "2026-03-11"]);
  });

  it("shows when a weekly login will be asked for, days ahead", async () => {
    const { bench, deps } = await aWeeklyLogin(newYork("2026-03-07", "11:00"));
    bench.now = newYork("2026-03-09", "12:00");
    const { connections } = await readOverview(deps);
    expect(connections.map(({ nextReminderAt }) => nextReminderAt)).toEqual([newYork("2026-03-11", "08:30")]);
  });

  it("tells what waits to be delivered, and that it failed before", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin }));
    await startRenewal(bench.deps);
    await bringCode(bench.deps);
    expect(await readOverview(bench.deps)).toMatchObject({ undelivered: [{ attempts: 0 }] });
    bench.outages.send.push(new DeliveryError("down"));
    bench.outages.publish.push(new DeliveryError("down"));
    await runTick(bench.deps);
    const overview = await readOverview(bench.deps);
    expect(overview).toMatchObject({ undelivered: [{ attempts: 1 }], eventBacklog: { count: 1 } });
    expect(overview.connections[0]?.announcedAt).toBeNull();
    bench.now = bench.now.add({ minutes: 1 });
    await runTick(bench.deps);
    expect((await readOverview(bench.deps)).connections[0]?.announcedAt).toEqual(bench.now);
  });

  it("tells when the clockwork ran last, and that it should have run since the token was stored", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin }));
    const clockwork = async () => (await readOverview(bench.deps)).clockwork;
    expect(await clockwork()).toMatchObject({ lastTickAt: null, late: false });
    bench.now = bench.now.add({ minutes: 16 });
    expect(await clockwork()).toMatchObject({ lastTickAt: null, late: true });
    await bench.stores.records.recordRun({ kind: "tick", at: bench.now, ok: true });
    expect(await clockwork()).toMatchObject({ lastTickAt: bench.now, lastTickOk: true, late: false });
  });

  it("shows a link that waits for its code, until another one brought a token", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin }));
    bench.now = bench.now.add({ minutes: 1 });
    await startRenewal(bench.deps);
    await startRenewal(bench.deps, prod, "another phone");
    const shown = async () => (await readOverview(bench.deps)).connections[0]?.pending?.stage ?? null;
    expect(await shown()).toBe("waiting");
    bench.now = bench.now.add({ seconds: 40 });
    await bringCode(bench.deps);
    expect(await shown()).toBeNull();
  });
});

describe("registerConnections", () => {
  it("records each configured connection once", async () => {
    const bench = aWorkbench({ ids: [prod, sandbox] });
    await Promise.all([registerConnections(bench.deps), registerConnections(bench.deps)]);
    const recorded = await bench.stores.records.connections();
    expect(recorded.map(({ id, revision, token }) => [id, revision, token])).toEqual([
      [prod, 1, null],
      [sandbox, 1, null],
    ]);
  });

  it("mends the development export: living tokens written, dead ones removed", async () => {
    const bench = aWorkbench({ ids: [prod, sandbox] });
    await bench.have(aConnection());
    const yesterday = aToken({ issuedAt: at("2026-03-09T12:30:00Z") });
    await bench.have({ ...aConnection({ token: yesterday }), id: sandbox, environment: "sandbox" });
    await registerConnections(bench.deps);
    expect(bench.exported.toSorted()).toEqual(["remove etrade-sandbox", "write etrade-prod v1 access-v1"]);
  });

  it("says at the start that a connection whose stored token is missing needs its owner", async () => {
    const bench = aWorkbench();
    await bench.stores.records.commit({ connection: aConnection({ revision: 0 }) });
    await registerConnections(bench.deps);
    expect((await bench.connection()).ended).toMatchObject({ reason: "rejected" });
  });
});
