import { beforeEach, describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import { DeliveryError } from "../../../server/ports.ts";
import { morningAlert, reportPastDue, tick } from "../../../server/use-cases/scheduled-work.ts";
import { aConnection, aPending, at } from "../../support/builders.ts";
import { aWorkbench, identityOf, prod, type Workbench } from "./workbench.ts";

const sandbox = "etrade-sandbox";
/** Wednesday, 08:30 in New York: yesterday's token is dead. */
const nextMorning = at("2026-03-11T12:30:00Z");
const nothing = { failed: 0, messages: 0, events: 0 };

let bench: Workbench;

beforeEach(async () => {
  bench = aWorkbench();
  await bench.have(aConnection());
  bench.now = nextMorning;
});

async function pastDue(): Promise<Workbench["logged"]> {
  bench.logged.length = 0;
  await reportPastDue(bench.deps);
  return bench.logged;
}

describe("a morning alert", () => {
  it("asks, and has delivered message and event when it ends", async () => {
    expect(await morningAlert(bench.deps)).toEqual({ asked: 1, sent: 1, outstanding: nothing });
    expect(bench.sent.map(({ kind }) => kind)).toEqual(["renewal-required"]);
    expect(bench.published.map(({ type }) => type)).toEqual(["authorization.needed"]);
    expect(bench.nudges).toBe(0);
  });

  it("called again, asks nobody and has nothing left to do", async () => {
    await morningAlert(bench.deps);
    expect(await morningAlert(bench.deps)).toEqual({ asked: 0, sent: 0, outstanding: nothing });
  });

  it("counts what the channels refused, until they take it", async () => {
    bench.outages.send.push(new DeliveryError("no chat"));
    bench.outages.publish.push(new DeliveryError("no webhook"));
    expect(await morningAlert(bench.deps)).toMatchObject({ asked: 1, outstanding: { messages: 1, events: 1 } });
    // Before the next try is due.
    bench.now = bench.now.add({ seconds: 1 });
    expect(await morningAlert(bench.deps)).toMatchObject({ asked: 0, sent: 0, outstanding: { messages: 1 } });
    bench.now = bench.now.add({ seconds: 29 });
    expect(await morningAlert(bench.deps)).toEqual({ asked: 0, sent: 1, outstanding: nothing });
  });

  it("leaves what another run has in hand to that run, but not for ever", async () => {
    await bench.stores.records.commit({
      messages: [
        { to: "owner", claims: ["somebody"], notice: { kind: "keepalive-recovered", connection: prod }, at: bench.now },
      ],
    });
    await bench.stores.outbox.takeMessages(bench.now, bench.now.add({ seconds: 60 }));
    expect((await morningAlert(bench.deps)).outstanding).toEqual(nothing);
    // The other run died over it; a repetition 30 s later has to say that it is not there.
    bench.now = bench.now.add({ seconds: 30 });
    expect((await morningAlert(bench.deps)).outstanding).toEqual({ ...nothing, messages: 1 });
  });
});

describe("a tick", () => {
  it("has delivered everything it caused when it ends", async () => {
    const { summary, outstanding } = await tick(bench.deps);
    expect([summary.expired, summary.asked, outstanding]).toEqual([1, 1, nothing]);
    expect(bench.published.map(({ type }) => type)).toEqual(["token.expired", "authorization.needed"]);
    expect([bench.sent.map(({ kind }) => kind), bench.nudges]).toEqual([["renewal-required"], 0]);
  });

  it("counts messages and events that were not taken", async () => {
    bench.outages.send.push(new DeliveryError("no chat"));
    bench.outages.publish.push(new DeliveryError("no webhook"));
    const { outstanding } = await tick(bench.deps);
    // The second event waits behind the first, so that order holds.
    expect(outstanding).toEqual({ failed: 0, messages: 1, events: 2 });
  });

  it("counts a connection that could not be looked after", async () => {
    bench = aWorkbench();
    await bench.have(aConnection());
    // 10:31: a check is due, and the stored token set is gone.
    bench.now = at("2026-03-10T14:31:00Z");
    const tokens = { ...bench.stores.tokens, read: async () => null };
    expect((await tick({ ...bench.deps, tokens })).outstanding).toEqual({ ...nothing, failed: 1 });
  });
});

describe("a token past due is an operator's alarm", () => {
  const alarm = { level: "error", event: "token-past-due", fields: { connection: prod } };

  it.each([
    ["a minute before the open", "2026-03-11T13:29:00Z", []],
    ["at the open", "2026-03-11T13:30:00Z", [alarm]],
    ["a minute before the close", "2026-03-11T19:59:00Z", [alarm]],
    ["at the close", "2026-03-11T20:00:00Z", []],
    ["on a Saturday", "2026-03-14T15:00:00Z", []],
    ["on Good Friday", "2026-04-03T15:00:00Z", []],
  ] as const)("%s", async (_when, now, expected) => {
    bench.now = at(now);
    expect(await pastDue()).toEqual(expected);
  });

  it("while a living token, a broker that is away, or a login being proven are none", async () => {
    bench = aWorkbench({ ids: [prod, sandbox] });
    // Tuesday 10:00, the day of the renewal.
    bench.now = at("2026-03-10T14:00:00Z");
    await bench.have(aConnection());
    await bench.have({
      ...aConnection(),
      ...identityOf(sandbox),
      lastFailure: { ...failed("maintenance", 500), at: bench.now, call: "accounts-list" },
    });
    expect(await pastDue()).toEqual([]);
    bench.now = at("2026-03-11T14:00:00Z");
    const proving = { stage: "verifying", startedAt: bench.now, expiresAt: bench.now.add({ minutes: 5 }) } as const;
    await bench.stores.records.commit({ pending: aPending(proving) });
    expect((await pastDue()).map(({ fields }) => fields.connection)).toEqual([sandbox]);
  });

  it("and a connection that was never set up is none", async () => {
    bench = aWorkbench();
    await bench.have(aConnection({ token: null, lastSuccess: null }));
    bench.now = at("2026-03-11T14:00:00Z");
    expect(await pastDue()).toEqual([]);
  });
});
