import { describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import { keepAliveConnection } from "../../../server/use-cases/keep-alive-connection.ts";
import { aConnection, at } from "../../support/builders.ts";
import { aWorkbench, eventTypes, noticeKinds, prod, type Workbench } from "./workbench.ts";

const rejected = failed("token-rejected", 401);
const keepAlive = ({ deps }: Workbench, force = false) => keepAliveConnection(deps, prod, { force });

/** An hour and a minute after the last call, 09:31 in New York. */
async function anHourLater(): Promise<Workbench> {
  const bench = aWorkbench();
  await bench.have(aConnection());
  bench.now = at("2026-03-10T13:31:00Z");
  return bench;
}

describe("keepAliveConnection", () => {
  it("proves the token by one call and records it", async () => {
    const bench = await anHourLater();
    expect(await keepAlive(bench)).toBe("ok");
    expect((await bench.connection()).lastSuccess).toEqual({ at: bench.now, call: "accounts-list" });
    expect(bench.provider().calls).toEqual(["listAccounts access-v1"]);
    expect(await noticeKinds(bench)).toEqual([]);
  });

  it("waits until an hour has passed, unless told to run now", async () => {
    const bench = await anHourLater();
    bench.now = at("2026-03-10T13:29:59Z");
    expect(await keepAlive(bench)).toBe("not-due");
    expect(bench.provider().calls).toEqual([]);
    expect(await keepAlive(bench, true)).toBe("ok");
  });

  it("wakes an idle token by renewing once and proving it again", async () => {
    const bench = await anHourLater();
    bench.provider().next.listAccounts.push(rejected);
    expect(await keepAlive(bench)).toBe("revived");
    expect(bench.provider().calls).toEqual(["listAccounts access-v1", "renew access-v1", "listAccounts access-v1"]);
    expect(await eventTypes(bench)).toEqual([]);
  });

  it("declares a token dead only after renewing did not help", async () => {
    const bench = await anHourLater();
    bench.provider().next.listAccounts.push(rejected, rejected);
    bench.provider().next.renew.push(rejected);
    expect(await keepAlive(bench)).toBe("ended");
    expect((await bench.connection()).ended).toEqual({ at: bench.now, reason: "rejected" });
    expect(await eventTypes(bench)).toEqual(["token.revoked", "authorization.needed"]);
    expect(await noticeKinds(bench)).toEqual(["token-lost"]);
    expect(bench.exported).toEqual(["remove etrade-prod"]);
    expect(await keepAlive(bench, true)).toBe("nothing-to-keep-alive");
  });

  it("takes a refusal that comes after midnight for the expiry it is", async () => {
    const bench = await anHourLater();
    bench.provider().next.listAccounts.push(rejected, rejected);
    bench.provider().next.renew.push(rejected);
    const asks = [at("2026-03-11T03:59:59Z"), at("2026-03-11T03:59:59Z")];
    const clock = () => asks.shift() ?? at("2026-03-11T04:00:01Z"); // midnight in New York is 04:00Z
    await keepAliveConnection({ ...bench.deps, clock }, prod, { force: true });
    expect((await bench.connection()).ended).toEqual({ at: at("2026-03-11T04:00:00Z"), reason: "expired" });
    expect(await eventTypes(bench)).toEqual(["token.expired"]);
  });

  it("does not take a broker that fails on the renewal for a dead token", async () => {
    const bench = await anHourLater();
    bench.provider().next.listAccounts.push(rejected);
    bench.provider().next.renew.push(failed("maintenance", 503));
    expect(await keepAlive(bench)).toBe("failed");
    expect(await bench.connection()).toMatchObject({
      ended: null,
      consecutiveFailures: 1,
      lastFailure: { call: "renew", failure: { reason: "maintenance" } },
    });
  });

  it("leaves the connection to whoever holds it", async () => {
    const bench = await anHourLater();
    await bench.stores.leases.acquire(`connection/${prod}`, bench.now);
    expect(await keepAlive(bench)).toBe("busy");
    expect(bench.provider().calls).toEqual([]);
  });

  it("gives the lease back even when the broker adapter throws", async () => {
    const bench = await anHourLater();
    bench.provider().next.listAccounts.push(new Error("a bug of ours"));
    await expect(keepAlive(bench)).rejects.toThrow("a bug of ours");
    expect(await keepAlive(bench)).toBe("ok");
  });

  it("calls nobody after midnight", async () => {
    const bench = await anHourLater();
    bench.now = at("2026-03-11T04:00:00Z");
    expect(await keepAlive(bench, true)).toBe("nothing-to-keep-alive");
    expect(bench.provider().calls).toEqual([]);
  });

  it("tells of a rejected key at once and of its recovery", async () => {
    const bench = await anHourLater();
    bench.provider().next.listAccounts.push(failed("consumer-key-rejected", 401));
    expect(await keepAlive(bench)).toBe("failed");
    bench.now = bench.now.add({ minutes: 5 });
    bench.provider().next.listAccounts.push(failed("consumer-key-rejected", 401));
    expect(await keepAlive(bench)).toBe("failed");
    bench.now = bench.now.add({ minutes: 10 });
    expect(await keepAlive(bench)).toBe("ok");
    expect(await noticeKinds(bench)).toEqual(["misconfigured", "keepalive-recovered"]);
    expect(await eventTypes(bench)).toEqual(["keepalive.failing", "keepalive.recovered"]);
  });
});
