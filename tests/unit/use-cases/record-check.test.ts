import { describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import type { EndReason } from "../../../server/domain/connection.ts";
import { recordCheckFailure, recordCheckSuccess } from "../../../server/use-cases/record-check.ts";
import { recordDeath } from "../../../server/use-cases/record-death.ts";
import { aConnection, aToken, at } from "../../support/builders.ts";
import { aWorkbench, eventTypes, noticeKinds, prod } from "./workbench.ts";

/** What is said when a token of that issue ends at that moment. */
async function endAt(reason: EndReason, issuedAt: string, now: string) {
  const bench = aWorkbench();
  await bench.have(aConnection({ token: aToken({ issuedAt: at(issuedAt) }) }));
  bench.now = at(now);
  await recordDeath(bench.deps, prod, reason);
  await recordDeath(bench.deps, prod, reason);
  return { bench, notices: await noticeKinds(bench), events: await eventTypes(bench) };
}

describe("recordDeath", () => {
  it("tells owner and trading system once of an expiry at the midnight that begins a trading day", async () => {
    const { notices, events, bench } = await endAt("expired", "2026-03-10T12:30:00Z", "2026-03-11T04:00:05Z");
    expect({ notices, events }).toEqual({ notices: ["expired"], events: ["token.expired"] });
    // At midnight in New York, not when somebody noticed.
    expect((await bench.connection()).ended).toEqual({ at: at("2026-03-11T04:00:00Z"), reason: "expired" });
  });

  it.each([
    ["on a Saturday", "2026-03-13T12:30:00Z", "2026-03-14T04:00:05Z"],
    ["on Good Friday", "2026-04-02T12:30:00Z", "2026-04-03T04:00:05Z"],
    ["when the first reminder says it anyhow", "2026-03-10T12:30:00Z", "2026-03-11T12:30:00Z"],
  ])("tells of an expiry the trading system alone %s", async (_, issuedAt, now) => {
    const { notices, events } = await endAt("expired", issuedAt, now);
    expect({ notices, events }).toEqual({ notices: [], events: ["token.expired"] });
  });

  it("disturbs nobody with a rejection on a Sunday, and tells the trading system", async () => {
    const { notices, events } = await endAt("rejected", "2026-03-15T12:30:00Z", "2026-03-15T15:00:00Z");
    expect({ notices, events }).toEqual({ notices: [], events: ["token.revoked", "authorization.needed"] });
  });

  it("confirms to the owner what the owner revoked, on any day", async () => {
    const { notices } = await endAt("revoked", "2026-03-15T12:30:00Z", "2026-03-15T15:00:00Z");
    expect(notices).toEqual(["token-lost"]);
  });

  it("takes the place of the reminder of the same slot", async () => {
    // 11:00 in New York.
    const { notices, bench } = await endAt("rejected", "2026-03-10T12:30:00Z", "2026-03-10T15:00:00Z");
    expect(notices).toEqual(["token-lost"]);
    const claim = `reminder/2026-03-10/0/${prod}`;
    expect(await bench.stores.records.takenClaims([claim])).toEqual(new Set([claim]));
  });

  it("is told even if the owner was already reminded in that slot", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection());
    bench.now = at("2026-03-10T15:00:00Z");
    const notice = { kind: "expired", connection: prod } as const;
    await bench.stores.records.commit({
      messages: [{ to: "owner", claims: [`reminder/2026-03-10/0/${prod}`], notice, at: bench.now }],
    });
    await recordDeath(bench.deps, prod, "rejected");
    expect(await noticeKinds(bench)).toEqual(["expired", "token-lost"]);
  });
});

/** Nobody reaches the broker for so many minutes. */
async function fail(now: string, times: number) {
  const bench = aWorkbench();
  await bench.have(aConnection());
  for (let count = 0; count < times; count += 1) {
    bench.now = at(now).add({ minutes: count });
    // oxlint-disable-next-line no-await-in-loop -- one failure after the other
    await recordCheckFailure(bench.deps, prod, 1, "accounts-list", failed("maintenance", 503).failure);
  }
  return bench;
}

describe("recordCheckFailure", () => {
  it("warns at the third failure in a row, once", async () => {
    expect(await noticeKinds(await fail("2026-03-10T15:00:00Z", 2))).toEqual([]);
    const bench = await fail("2026-03-10T15:00:00Z", 9);
    expect(await noticeKinds(bench)).toEqual(["keepalive-failing"]);
    expect(await eventTypes(bench)).toEqual(["keepalive.failing"]);
    expect((await bench.connection()).consecutiveFailures).toBe(9);
  });

  it("warns the trading system alone on a day without trading", async () => {
    const bench = await fail("2026-03-14T15:00:00Z", 3);
    expect(await noticeKinds(bench)).toEqual([]);
    expect(await eventTypes(bench)).toEqual(["keepalive.failing"]);
  });

  it("warns on Monday of what began to fail at the weekend, and tells of its end", async () => {
    const bench = await fail("2026-03-14T15:00:00Z", 5);
    bench.now = at("2026-03-16T11:00:00Z"); // Monday 07:00 in New York
    for (let count = 0; count < 2; count += 1)
      // oxlint-disable-next-line no-await-in-loop -- one failure after the other
      await recordCheckFailure(bench.deps, prod, 1, "accounts-list", failed("maintenance", 503).failure);
    expect(await noticeKinds(bench)).toEqual(["keepalive-failing"]);
    await recordCheckSuccess(bench.deps, prod, 1, "accounts-list", "checked");
    expect((await noticeKinds(bench)).toSorted()).toEqual(["keepalive-failing", "keepalive-recovered"]);
    expect(await eventTypes(bench)).toEqual(["keepalive.failing", "keepalive.recovered"]);
  });

  it("says nothing of a recovery nobody was warned of", async () => {
    const bench = await fail("2026-03-10T15:00:00Z", 2);
    await recordCheckSuccess(bench.deps, prod, 1, "accounts-list", "checked");
    expect(await noticeKinds(bench)).toEqual([]);
    expect(await bench.connection()).toMatchObject({ consecutiveFailures: 0, lastFailure: null });
  });
});
