import { describe, expect, it } from "vitest";
import type { Notice } from "../../../server/domain/notice.ts";
import { DeliveryError } from "../../../server/ports.ts";
import { deliverMessages } from "../../../server/use-cases/deliver-messages.ts";
import { aConnection, aToken, at } from "../../support/builders.ts";
import { newYork } from "../../support/simulation-calendar.ts";
import { aWeeklyLogin, weekly } from "./weekly-login.ts";
import { aWorkbench, identityOf, prod, type Workbench } from "./workbench.ts";

const sandbox = "etrade-sandbox";
const reminder = (slot: 60 | 30 | 15 | 0, connections = [prod]): Notice => ({
  kind: "renewal-required",
  tradingDay: "2026-03-10",
  slot,
  connections,
});

async function queued(...notices: Notice[]): Promise<Workbench> {
  const bench = aWorkbench({ ids: [prod, sandbox] });
  for (const id of [prod, sandbox])
    // oxlint-disable-next-line no-await-in-loop -- a fixture
    await bench.have({ ...aConnection({ token: null, lastSuccess: null }), ...identityOf(id) });
  const messages = notices.map((notice, index) => ({ to: "owner", claims: [`claim/${index}`], notice, at: bench.now }));
  await bench.stores.records.commit({ messages });
  return bench;
}

async function stateOfFirst({ stores }: Workbench) {
  const message = (await stores.outbox.messages(100)).at(-1);
  return { state: message?.state, attempts: message?.attempts };
}

describe("deliverMessages", () => {
  it("sends what is due in order, once, and keeps the words that were sent", async () => {
    const notices: Notice[] = [reminder(60), { kind: "expired", connection: prod }];
    const bench = await queued(...notices);
    expect(await deliverMessages(bench.deps)).toEqual({ sent: 2, waiting: 0 });
    expect(await deliverMessages(bench.deps)).toEqual({ sent: 0, waiting: 0 });
    expect(bench.sent).toEqual(notices);
    expect((await bench.stores.outbox.messages(1))[0]).toMatchObject({
      state: "sent",
      text: JSON.stringify(notices[1]),
    });
  });

  it("sends each message once when two runs deliver at the same time", async () => {
    const bench = await queued(reminder(60), { kind: "expired", connection: prod });
    await Promise.all([deliverMessages(bench.deps), deliverMessages(bench.deps)]);
    expect(bench.sent).toHaveLength(2);
  });

  it("drops a reminder whose connection was renewed before it went out", async () => {
    const bench = await queued(reminder(60));
    const token = aToken();
    const lastSuccess = { at: token.issuedAt, call: "accounts-list" } as const;
    await bench.stores.records.commit({ connection: { ...(await bench.connection()), token, lastSuccess } });
    await deliverMessages(bench.deps);
    expect(bench.sent).toEqual([]);
    expect(await stateOfFirst(bench)).toEqual({ state: "dropped", attempts: 0 });
  });

  it("names only the connections that still need it", async () => {
    const bench = await queued(reminder(60, [prod, sandbox]));
    const token = aToken();
    const lastSuccess = { at: token.issuedAt, call: "accounts-list" } as const;
    await bench.stores.records.commit({ connection: { ...(await bench.connection()), token, lastSuccess } });
    await deliverMessages(bench.deps);
    expect(bench.sent).toEqual([reminder(60, [sandbox])]);
  });

  it.each([
    ["the next slot has come", "2026-03-10T13:00:00Z"],
    ["the market has closed", "2026-03-10T20:00:00Z"],
    ["it is the day after", "2026-03-11T12:30:00Z"],
  ])("drops a reminder that waited until %s", async (_, now) => {
    const bench = await queued(reminder(60));
    bench.now = at(now);
    await deliverMessages(bench.deps);
    expect(bench.sent).toEqual([]);
  });

  it("tries again after 5, 15 and 30 seconds while the channel is down, and counts", async () => {
    const bench = await queued(reminder(60));
    const start = bench.now;
    bench.outages.send.push(new DeliveryError("down"), new DeliveryError("down"), new DeliveryError("down"));
    const tries: number[] = [];
    for (let second = 0; second <= 60; second += 1) {
      bench.now = start.add({ seconds: second });
      // oxlint-disable-next-line no-await-in-loop -- time goes forward
      const { sent, waiting } = await deliverMessages(bench.deps);
      if (sent + waiting > 0) tries.push(second);
    }
    expect(tries).toEqual([0, 5, 20, 50]);
    expect(await stateOfFirst(bench)).toEqual({ state: "sent", attempts: 3 });
    expect(bench.sent).toEqual([reminder(60)]);
  });

  it("waits as long as the channel asks, if that is longer", async () => {
    const bench = await queued(reminder(60));
    bench.outages.send.push(new DeliveryError("flood", { retryAfterSeconds: 40 }));
    await deliverMessages(bench.deps);
    bench.now = bench.now.add({ seconds: 39 });
    expect(await deliverMessages(bench.deps)).toEqual({ sent: 0, waiting: 0 });
    bench.now = bench.now.add({ seconds: 1 });
    expect(await deliverMessages(bench.deps)).toEqual({ sent: 1, waiting: 0 });
  });

  it("sends the next message although one failed", async () => {
    const bench = await queued({ kind: "expired", connection: prod }, { kind: "expired", connection: sandbox });
    bench.outages.send.push(new Error("not even a delivery error"));
    expect(await deliverMessages(bench.deps)).toEqual({ sent: 1, waiting: 1 });
  });

  it("takes up a message whose sender died, after a minute", async () => {
    const bench = await queued(reminder(60));
    await bench.stores.outbox.takeMessages(bench.now, bench.now.add({ seconds: 60 }));
    bench.now = bench.now.add({ seconds: 59 });
    await deliverMessages(bench.deps);
    expect(bench.sent).toEqual([]);
    bench.now = bench.now.add({ seconds: 1 });
    await deliverMessages(bench.deps);
    expect(bench.sent).toEqual([reminder(60)]);
  });

  it("gives up on news that is a day old", async () => {
    const bench = await queued({ kind: "renewed", connection: prod, version: 1 });
    bench.now = bench.now.add({ hours: 24 });
    await deliverMessages(bench.deps);
    expect(await stateOfFirst(bench)).toEqual({ state: "dropped", attempts: 0 });
  });
});

/** Asked for on Wednesday 11 March at 08:30, but the channel was down. */
async function anUndeliveredEarlyAsk() {
  const login = await aWeeklyLogin(newYork("2026-03-07", "11:00"));
  login.bench.outages.send.push(new DeliveryError("down"));
  expect(await login.tick(newYork("2026-03-11", "08:30"))).toEqual([]);
  return login;
}

function stepsIn(notices: readonly Notice[]) {
  return notices.flatMap((notice) => (notice.kind === "login-ending" ? notice.logins.map(({ step }) => step) : []));
}

describe("deliverMessages of an early ask", () => {
  it("brings it as long as it is the one that is due", async () => {
    const login = await anUndeliveredEarlyAsk();
    expect(stepsIn(await login.tick(newYork("2026-03-11", "21:00")))).toEqual([3]);
  });

  it("drops it once the login was renewed", async () => {
    const login = await anUndeliveredEarlyAsk();
    await login.logIn(newYork("2026-03-11", "08:40"));
    expect(stepsIn(await login.tick(newYork("2026-03-11", "09:00")))).toEqual([]);
  });

  it("drops it once another login of the same step took its place, and brings that one's", async () => {
    const login = await anUndeliveredEarlyAsk();
    await login.logIn(newYork("2026-03-06", "10:00"));
    const told = await login.tick(newYork("2026-03-11", "09:00"));
    expect(told).toMatchObject([{ kind: "login-ending", logins: [{ step: 3, endsAt: "2026-03-13T15:00:00Z" }] }]);
  });

  it("drops it for the next one", async () => {
    const login = await anUndeliveredEarlyAsk();
    expect(stepsIn(await login.tick(newYork("2026-03-13", "08:30")))).toEqual([1]);
  });

  it("drops it on a day without trading", async () => {
    const login = await anUndeliveredEarlyAsk();
    expect(stepsIn(await login.tick(newYork("2026-03-14", "09:00")))).toEqual([]);
    expect((await login.bench.stores.outbox.messages(10)).map(({ state }) => state)).toEqual(["dropped"]);
  });

  it("drops it when the broker ended the login meanwhile", async () => {
    const login = await anUndeliveredEarlyAsk();
    const connection = await login.bench.connection(weekly);
    const ended = { at: login.bench.now, reason: "rejected" } as const;
    await login.bench.stores.records.commit({ connection: { ...connection, ended } });
    expect(stepsIn(await login.tick(newYork("2026-03-11", "16:30")))).toEqual([]);
  });
});
