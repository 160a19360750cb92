import { setImmediate as nextTurn } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { httpHeartbeat } from "../../../server/adapters/heartbeat.ts";
import { createScheduledRun, type Outstanding, type ScheduledRun } from "../../../server/use-cases/scheduled-run.ts";
import { type HeartbeatServer, startHeartbeatServer } from "../../support/heartbeat-server.ts";
import { aWorkbench, type Workbench } from "./workbench.ts";

const minute = Temporal.Duration.from({ minutes: 1 });
const nothing: Outstanding = { failed: 0, messages: 0, events: 0 };
const ends =
  (outstanding: Partial<Outstanding> = {}) =>
  async () => ({ outstanding: { ...nothing, ...outstanding } });
const breaks = () => Promise.reject(new Error("The store is away."));

let bench: Workbench;
let watchdog: HeartbeatServer;

beforeEach(async () => {
  bench = aWorkbench();
  watchdog = await startHeartbeatServer();
});

function runner(quietFor: Temporal.Duration | null = null): ScheduledRun {
  return createScheduledRun(bench.deps, { heartbeat: () => httpHeartbeat(watchdog.url), quietFor });
}
const outcomes = () => bench.logged.filter(({ event }) => event === "cron-run").map(({ fields }) => fields);
const secondsLater = (seconds: number) => (bench.now = bench.now.add({ seconds }));

describe("a scheduled run", () => {
  it("that did everything is recorded, logged, and told to the watchdog", async () => {
    const result = await runner()("tick", async () => ({ outstanding: nothing, checked: 2 }));
    expect(result.checked).toBe(2);
    expect(await bench.stores.records.lastRuns()).toEqual([{ kind: "tick", at: bench.now, ok: true }]);
    expect(outcomes()).toEqual([{ reason: "tick", outcome: "ok" }]);
    expect([watchdog.runs(), watchdog.faults]).toEqual([["start 0"], []]);
  });

  it.each([
    [{ messages: 1 }, "retry"],
    [{ events: 2 }, "retry"],
    [{ failed: 1, messages: 1 }, "failed"],
  ] as const)("that left %o behind is no success anywhere", async (outstanding, outcome) => {
    await runner()("morning-alert", ends(outstanding));
    const count = Object.values(outstanding).reduce((sum, each) => sum + each, 0);
    expect(outcomes()).toEqual([{ reason: "morning-alert", outcome, count }]);
    expect(await bench.stores.records.lastRuns()).toMatchObject([{ kind: "morning-alert", ok: false }]);
    expect(watchdog.runs()).toEqual(["start 1"]);
  });

  it("that broke off says so to the watchdog, and to its caller", async () => {
    await expect(runner()("tick", breaks)).rejects.toThrow("The store is away.");
    expect(outcomes()).toEqual([{ reason: "tick", outcome: "failed" }]);
    expect(watchdog.runs()).toEqual(["start fail"]);
  });

  it("does not wait for the watchdog before it works, and ends no run that has not begun", async () => {
    const [took, order] = [Promise.withResolvers<void>(), [] as string[]];
    const heartbeat = {
      started: async () => {
        await took.promise;
        await nextTurn();
        order.push("started");
      },
      ended: async () => void order.push("ended"),
    };
    const run = createScheduledRun(bench.deps, { heartbeat: () => heartbeat, quietFor: null });
    await run("tick", async () => {
      order.push("worked");
      took.resolve();
      return { outstanding: nothing };
    });
    expect(order).toEqual(["worked", "started", "ended"]);
  });

  it("whose trace can't be kept is still a success", async () => {
    const records = { ...bench.stores.records, recordRun: () => Promise.reject(new Error("away")) };
    const run = createScheduledRun({ ...bench.deps, records }, { heartbeat: null, quietFor: null });
    await expect(run("tick", ends())).resolves.toEqual({ outstanding: nothing });
    expect(bench.logged.map(({ event }) => event)).toEqual(["cron-run", "run-not-recorded"]);
  });
});

describe("where runs follow each other every few seconds", () => {
  it("one a minute is reported", async () => {
    const run = runner(minute);
    for (let count = 0; count < 13; count += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one run after the other
      await run("tick", ends());
      secondsLater(5);
    }
    expect(watchdog.runs()).toEqual(["start 0", "start 0"]);
    expect(outcomes()).toHaveLength(1);
    const [last] = await bench.stores.records.lastRuns();
    expect(last?.at).toEqual(bench.now.subtract({ seconds: 5 }));
  });

  it("a change for the worse or the better is reported at once", async () => {
    const run = runner(minute);
    await run("tick", ends());
    secondsLater(5);
    await run("tick", ends({ messages: 1 }));
    secondsLater(5);
    await run("tick", ends({ messages: 1 }));
    secondsLater(5);
    await expect(run("tick", breaks)).rejects.toThrow();
    secondsLater(5);
    await run("tick", ends());
    expect(watchdog.runs()).toEqual(["start 0", "1", "fail", "0"]);
    expect(watchdog.faults).toEqual([]);
  });

  it("another kind of run, and a clock that was set back, are not kept quiet", async () => {
    const run = runner(minute);
    await run("tick", ends());
    await run("morning-alert", ends());
    bench.now = bench.now.subtract({ hours: 2 });
    await run("tick", ends());
    expect(watchdog.runs()).toEqual(["start 0", "start 0", "start 0"]);
  });
});
