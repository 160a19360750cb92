import { describe, expect, it } from "vitest";
import type { Notice } from "../../../server/domain/notice.ts";
import { sendReminders } from "../../../server/use-cases/send-reminders.ts";
import { aConnection, aPending, aToken, at } from "../../support/builders.ts";
import { newYork } from "../../support/simulation-calendar.ts";
import { aWeeklyLogin, weekly } from "./weekly-login.ts";
import { aWorkbench, eventTypes, identityOf, prod, type Workbench } from "./workbench.ts";

const sandbox = "etrade-sandbox";

async function remind(bench: Workbench, now: string): Promise<number> {
  bench.now = at(now);
  const { records } = bench.stores;
  return sendReminders(
    bench.deps,
    await records.connections(),
    await records.pendingAuthorizations(bench.now),
    bench.now,
  );
}

async function withoutTokens(): Promise<Workbench> {
  const bench = aWorkbench({ ids: [prod, sandbox] });
  for (const id of [prod, sandbox])
    // oxlint-disable-next-line no-await-in-loop -- a fixture
    await bench.have({ ...aConnection({ token: null, lastSuccess: null }), ...identityOf(id) });
  return bench;
}

async function asked({ stores }: Workbench) {
  const messages = await stores.outbox.messages(100);
  return messages.toReversed().map(({ notice }) => (notice.kind === "renewal-required" ? notice.slot : notice.kind));
}

describe("sendReminders", () => {
  it("asks once per slot of the morning, for all connections in one message", async () => {
    const bench = await withoutTokens();
    // 08:29:59, 08:30, 08:59, 09:00, 09:15, 09:30 and 15:59 in New York.
    const counts: number[] = [];
    for (const time of ["12:29:59", "12:30:00", "12:59:00", "13:00:00", "13:15:00", "13:30:00", "19:59:00"])
      // oxlint-disable-next-line no-await-in-loop -- time goes forward
      counts.push(await remind(bench, `2026-03-10T${time}Z`));
    expect(counts).toEqual([0, 2, 0, 2, 2, 2, 0]);
    expect(await asked(bench)).toEqual([60, 30, 15, 0]);
    expect((await eventTypes(bench)).filter((type) => type === "authorization.needed")).toHaveLength(2);
  });

  it("sends a late caller the latest slot alone", async () => {
    const bench = await withoutTokens();
    // 11:20 in New York.
    await remind(bench, "2026-03-10T15:20:00Z");
    expect(await asked(bench)).toEqual([0]);
  });

  it.each([
    ["Saturday", "2026-03-14T12:30:00Z"],
    ["Good Friday", "2026-04-03T12:30:00Z"],
    ["after the close", "2026-03-10T20:00:00Z"],
    ["after an early close", "2026-11-27T18:00:00Z"],
  ])("is silent: %s", async (_, now) => {
    const bench = await withoutTokens();
    expect(await remind(bench, now)).toBe(0);
    expect(await asked(bench)).toEqual([]);
  });

  it("leaves out whoever was renewed after midnight", async () => {
    const bench = await withoutTokens();
    const token = aToken({ issuedAt: at("2026-03-10T04:05:00Z") });
    const renewed = { ...(await bench.connection(sandbox)), token };
    const lastSuccess = { at: token.issuedAt, call: "accounts-list" } as const;
    await bench.stores.records.commit({ connection: { ...renewed, lastSuccess } });
    await remind(bench, "2026-03-10T12:30:00Z");
    expect((await bench.stores.outbox.messages(1))[0]?.notice).toEqual({
      kind: "renewal-required",
      tradingDay: "2026-03-10",
      slot: 60,
      connections: [prod],
    });
  });

  it("asks although a renewal was begun, because it may not be finished", async () => {
    const bench = await withoutTokens();
    await bench.stores.records.commit({ pending: aPending() });
    expect(await remind(bench, "2026-03-10T12:30:00Z")).toBe(2);
  });

  it("queues nothing twice when two runs plan the same reminder", async () => {
    const bench = await withoutTokens();
    const both = await Promise.all([remind(bench, "2026-03-10T12:30:00Z"), remind(bench, "2026-03-10T12:30:00Z")]);
    expect(both.toSorted()).toEqual([0, 2]);
    expect(await asked(bench)).toEqual([60]);
  });
});

describe("sendReminders for a weekly login", () => {
  // Ends on Saturday 14 March at 12:00 New York, after the night that summer time begins.
  const issuedAt = newYork("2026-03-07", "11:00");
  const living = { connection: weekly, endsAt: "2026-03-14T16:00:00Z", replaced: true };

  const ask = (step: number | "before-break"): Notice => ({ kind: "login-ending", logins: [{ ...living, step }] });

  it("asks early once per step, with its end and what a new login does, and without an event", async () => {
    const login = await aWeeklyLogin(issuedAt);
    const told: unknown[] = [];
    for (const [date, time] of [
      ["2026-03-11", "08:25"],
      ["2026-03-11", "08:30"],
      ["2026-03-11", "12:00"],
      ["2026-03-12", "09:00"],
      ["2026-03-13", "08:30"],
      ["2026-03-13", "15:59"],
      ["2026-03-13", "16:00"],
      ["2026-03-13", "23:00"],
      ["2026-03-14", "09:00"],
      ["2026-03-15", "09:00"],
    ] as const)
      // oxlint-disable-next-line no-await-in-loop -- time goes forward
      for (const notice of await login.tick(newYork(date, time))) told.push([date, time, notice]);
    expect(told).toEqual([
      ["2026-03-11", "08:30", ask(3)],
      ["2026-03-13", "08:30", ask(1)],
      ["2026-03-13", "16:00", ask("before-break")],
    ]);
    expect(await eventTypes(login.bench)).toEqual(["token.expired"]);
  });

  it("asks anew for the next login, whose steps are its own", async () => {
    const login = await aWeeklyLogin(issuedAt);
    await login.tick(newYork("2026-03-11", "08:30"));
    await login.logIn(newYork("2026-03-11", "08:40"));
    const friday = await login.tick(newYork("2026-03-13", "16:00"));
    expect(friday).toMatchObject([{ kind: "login-ending", logins: [{ step: 3, endsAt: "2026-03-18T12:40:00Z" }] }]);
    expect(await login.tick(newYork("2026-03-16", "08:30"))).toEqual([]);
  });

  it("rings on the morning whose close it will not see, although it still lives", async () => {
    const login = await aWeeklyLogin(newYork("2026-03-09", "11:00"));
    expect(await login.tick(newYork("2026-03-16", "08:30"))).toEqual([
      {
        kind: "renewal-required",
        tradingDay: "2026-03-16",
        slot: 60,
        connections: [weekly],
        living: [{ connection: weekly, endsAt: "2026-03-16T15:00:00Z", replaced: true }],
      },
    ]);
    expect(await eventTypes(login.bench)).toEqual(["authorization.needed"]);
  });

  it("leaves the loud reminder of another connection to itself, and does not hold up the next one", async () => {
    const login = await aWeeklyLogin(issuedAt, [prod]);
    const kindsAt = async (time: string) =>
      (await login.tick(newYork("2026-03-11", time))).map((notice) =>
        notice.kind === "renewal-required" ? notice.connections.join() : notice.kind,
      );
    expect(await kindsAt("08:30")).toEqual([prod, "login-ending"]);
    expect(await kindsAt("09:00")).toEqual([prod]);
    expect(await kindsAt("16:00")).toEqual([]);
  });

  it("queues an early ask once when two runs plan it", async () => {
    const { bench, deps } = await aWeeklyLogin(issuedAt);
    bench.now = newYork("2026-03-11", "08:30");
    const plan = async () => sendReminders(deps, await bench.stores.records.connections(), [], bench.now);
    expect((await Promise.all([plan(), plan()])).toSorted()).toEqual([0, 1]);
    expect(await asked(bench)).toEqual(["login-ending"]);
  });
});
