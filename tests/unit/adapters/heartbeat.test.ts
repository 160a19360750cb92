import { describe, expect, it } from "vitest";
import { httpHeartbeat } from "../../../server/adapters/heartbeat.ts";
import { startHeartbeatServer } from "../../support/heartbeat-server.ts";

describe("a run's heartbeat", () => {
  it("begins and ends under one run id, each run under its own, and keeps what the address carries", async () => {
    const watchdog = await startHeartbeatServer("?create=1");
    const [first, second] = [httpHeartbeat(watchdog.url), httpHeartbeat(watchdog.url)];
    await first.started();
    await second.started();
    await second.ended(1);
    await first.ended(0);
    expect([watchdog.runs(), watchdog.faults]).toEqual([["start 0", "start 1"], []]);
    expect(watchdog.pings.map(({ query }) => query)).toEqual(["create=1", "create=1", "create=1", "create=1"]);
  });

  it("says of a run that broke off that it failed", async () => {
    const watchdog = await startHeartbeatServer();
    await httpHeartbeat(watchdog.url).ended(null);
    expect([watchdog.runs(), watchdog.faults]).toEqual([["fail"], []]);
  });

  it.each([500, 429, "drop"] as const)("repeats an end that was not taken (%s) once", async (trouble) => {
    const watchdog = await startHeartbeatServer();
    watchdog.answerNext(trouble);
    await httpHeartbeat(watchdog.url).ended(0);
    expect(watchdog.pings.map(({ answered }) => answered)).toEqual([trouble === "drop" ? null : trouble, 200]);
    watchdog.answerNext(trouble, trouble, trouble);
    await httpHeartbeat(watchdog.url).ended(0);
    expect(watchdog.pings).toHaveLength(4);
  });

  it("breaks nothing where nobody listens", async () => {
    const heartbeat = httpHeartbeat("http://127.0.0.1:9/canary");
    await expect(heartbeat.started()).resolves.toBeUndefined();
    await expect(heartbeat.ended(0)).resolves.toBeUndefined();
  });
});
