import { describe, expect, it } from "vitest";
import { failed, succeeded } from "../../../server/domain/broker-answer.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { aConnection, aToken } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { traced } from "./crashing.ts";
import { anAccount } from "./scripted-provider.ts";
import {
  acceptAccounts,
  aWorkbench,
  bringCode,
  code,
  eventTypes,
  noticeKinds,
  pin,
  prod,
  startRenewal,
} from "./workbench.ts";

const pinned = aConnection({ pin, token: aToken({ version: 1 }) });

describe("completeAuthorization", () => {
  it("proves the token and its accounts before it stores it, reads it back, and only then commits and tells", async () => {
    const trace: string[] = [];
    const bench = aWorkbench({
      stores: traced(inMemoryStores(), (call) => trace.push(call)),
      trace: (call) => trace.push(call),
    });
    await bench.have(pinned);
    await startRenewal(bench.deps);
    trace.length = 0;

    expect(await bringCode(bench.deps)).toEqual({ outcome: "stored", version: 2, accounts: pin.accounts });

    const steps = ["exchange", "listAccounts", "tokens.put", "tokens.read", "records.commit", "leases"];
    expect(trace.filter((call) => steps.some((step) => call.startsWith(step)))).toEqual([
      "leases.acquire",
      "records.commit",
      `exchange request-1 ${code}`,
      "records.commit",
      "listAccounts access-1",
      "tokens.put",
      "tokens.read",
      "records.commit",
      "leases.release",
    ]);
    expect(await eventTypes(bench)).toEqual(["token.renewed"]);
    expect(await noticeKinds(bench)).toEqual(["renewed"]);
    expect(bench.exported).toEqual(["write etrade-prod v2 access-1"]);
  });

  it("asks which accounts are right before it stores anything for the first time", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin: null, token: null, lastSuccess: null }));
    await startRenewal(bench.deps);
    expect(await bringCode(bench.deps)).toEqual({ outcome: "confirm-accounts", accounts: pin.accounts });
    expect(await bench.stores.tokens.latestVersion(prod)).toBeNull();

    expect(await acceptAccounts(bench.deps)).toEqual({ outcome: "stored", version: 1, accounts: pin.accounts });
    expect(await bench.connection()).toMatchObject({ pin: { ...pin, pinnedAt: bench.now }, token: { version: 1 } });
  });

  it("stores nothing, revokes what was issued and alarms when the login opens other accounts", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    const before = await bench.connection();
    bench.provider().next.listAccounts.push(succeeded([{ ...anAccount, accountId: "99990000" }]));
    await startRenewal(bench.deps);

    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "refused", code: "account-mismatch" });
    expect((await bench.connection()).token).toEqual(before.token);
    expect(await bench.stores.tokens.latestVersion(prod)).toBe(1);
    // Revoked, and then the earlier one looked after: that login may have ended it.
    expect(bench.provider().calls.slice(-2)).toEqual(["revoke access-1", "listAccounts access-v1"]);
    expect((await bench.stores.outbox.messages(1))[0]?.notice).toEqual({
      kind: "account-mismatch",
      connection: prod,
      offered: ["••0000 Brokerage"],
      pinned: pin.accounts,
      revoked: true,
    });
    expect(await eventTypes(bench)).toEqual([]);
  });

  it("stores nothing for a login without accounts", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    bench.provider().next.listAccounts.push(succeeded([]));
    await startRenewal(bench.deps);
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "refused", code: "no-accounts" });
    expect(await bench.stores.tokens.latestVersion(prod)).toBe(1);
    expect(bench.provider().calls.slice(-2)).toEqual(["revoke access-1", "listAccounts access-v1"]);
  });

  it("stores nothing when the broker rejects the token it just gave", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    bench.provider().next.listAccounts.push(failed("token-rejected", 401), failed("token-rejected", 401));
    await startRenewal(bench.deps);
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "refused", code: "candidate-rejected" });
    expect(await bench.stores.tokens.latestVersion(prod)).toBe(1);
    expect(await noticeKinds(bench)).toEqual(["renewal-failed"]);
  });

  it("keeps an unproven token safe while the broker is silent, asks again after five seconds and stores it then", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    bench.provider().next.listAccounts.push(failed("timed-out"));
    await startRenewal(bench.deps);
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "verifying", failure: { reason: "timed-out" } });
    expect(await bringCode(bench.deps)).toMatchObject({ code: "renewal-in-progress" });
    const calls = bench.provider().calls.length;
    await runTick(bench.deps);
    expect(bench.provider().calls).toHaveLength(calls);

    bench.now = bench.now.add({ seconds: 5 });
    await runTick(bench.deps);
    expect((await bench.connection()).token).toMatchObject({ version: 2 });
    expect(await eventTypes(bench)).toEqual(["token.renewed"]);
  });
});
