import { describe, expect, it } from "vitest";
import { failed, succeeded } from "../../../server/domain/broker-answer.ts";
import { completeAuthorization } from "../../../server/use-cases/complete-authorization.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { aConnection, aToken } from "../../support/builders.ts";
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
  session,
  startRenewal,
} from "./workbench.ts";
import { inMemoryStores } from "../../support/fakes.ts";

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
    expect(await bench.connection()).toEqual(before);
    expect(await bench.stores.tokens.latestVersion(prod)).toBe(1);
    expect(bench.provider().calls.at(-1)).toBe("revoke access-1");
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
    expect(bench.provider().calls.at(-1)).toBe("revoke access-1");
  });

  it("stores nothing when the broker rejects the token it just gave", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    bench.provider().next.listAccounts.push(failed("token-rejected", 401));
    await startRenewal(bench.deps);
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "refused", code: "candidate-rejected" });
    expect(await bench.stores.tokens.latestVersion(prod)).toBe(1);
    expect(await noticeKinds(bench)).toEqual(["renewal-failed"]);
  });

  it("keeps an unproven token safe while the broker is silent, and the next tick stores it", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    bench.provider().next.listAccounts.push(failed("timed-out"));
    await startRenewal(bench.deps);
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "verifying", failure: { reason: "timed-out" } });
    expect(await bringCode(bench.deps)).toMatchObject({ code: "renewal-in-progress" });

    await runTick(bench.deps);
    expect((await bench.connection()).token).toMatchObject({ version: 2 });
    expect(await eventTypes(bench)).toEqual(["token.renewed"]);
  });

  it("lets three wrong codes pass, counts them down, and then asks for a new link", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    await startRenewal(bench.deps);
    const reject = () => bench.provider().next.exchange.push(failed("token-rejected", 401));
    const triesLeft = async () => {
      reject();
      const result = await bringCode(bench.deps, "WRONG");
      return result.outcome === "refused" ? result.triesLeft : result.outcome;
    };
    expect([await triesLeft(), await triesLeft(), await triesLeft()]).toEqual([2, 1, 0]);
    expect(await bringCode(bench.deps)).toMatchObject({ code: "verifier-rejected", triesLeft: 0 });
    expect(await noticeKinds(bench)).toEqual(["renewal-failed"]);
    expect(bench.provider().calls.filter((call) => call.startsWith("exchange"))).toHaveLength(3);
  });

  it("takes the right code after a wrong one", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    await startRenewal(bench.deps);
    bench.provider().next.exchange.push(failed("token-rejected", 401));
    await bringCode(bench.deps, "WRONG");
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "stored", version: 2 });
  });

  it.each(["server-error", "unreachable", "rate-limited"] as const)(
    "leaves the same code usable after the broker failed the exchange (%s)",
    async (reason) => {
      const bench = aWorkbench();
      await bench.have(pinned);
      await startRenewal(bench.deps);
      bench.provider().next.exchange.push(failed(reason, 500));
      expect(await bringCode(bench.deps)).toMatchObject({ code: "broker-unavailable", reason });
      expect(await bringCode(bench.deps)).toMatchObject({ outcome: "stored", version: 2 });
    },
  );

  it("shows a rejected key as misconfigured and leaves the code usable", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    await startRenewal(bench.deps);
    bench.provider().next.exchange.push(failed("consumer-key-rejected", 401));
    expect(await bringCode(bench.deps)).toMatchObject({ code: "misconfigured", reason: "consumer-key-rejected" });
    expect((await bench.connection()).lastFailure).toMatchObject({ call: "access-token" });
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "stored" });
    expect((await bench.connection()).lastFailure).toBeNull();
  });

  it("tries one code on both links of two tabs, the newest first", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    await startRenewal(bench.deps);
    bench.now = bench.now.add({ seconds: 90 });
    await startRenewal(bench.deps);
    bench.provider().next.exchange.push(failed("token-rejected", 401));
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "stored" });
    expect(bench.provider().calls.filter((call) => call.startsWith("exchange"))).toEqual([
      `exchange request-2 ${code}`,
      `exchange request-1 ${code}`,
    ]);
  });

  it("refuses what can't be a code, what came too late, and what was never asked for", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    expect(await bringCode(bench.deps, "?")).toMatchObject({ code: "verifier-malformed" });
    expect(await bringCode(bench.deps)).toMatchObject({ code: "authorization-missing" });
    await startRenewal(bench.deps);
    expect(await bringCode(bench.deps, code, prod, "another phone")).toMatchObject({ code: "authorization-elsewhere" });
    const answer = { callbackUrl: `https://page/callback/etrade?oauth_verifier=${code}&oauth_token=another` };
    const called = await completeAuthorization(bench.deps, { connectionId: prod, sessionId: session, answer });
    expect(called).toMatchObject({ code: "callback-mismatch" });
    bench.now = bench.now.add({ minutes: 5 });
    expect(await bringCode(bench.deps)).toMatchObject({ code: "authorization-lapsed" });
    expect(await bringCode(bench.deps, code, "etrade-9")).toMatchObject({ code: "unknown-connection" });
    expect(bench.provider().calls).toEqual(["beginAuthorization"]);
  });

  it("answers a second tap on Finish without a second exchange", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    await startRenewal(bench.deps);
    const both = await Promise.all([bringCode(bench.deps), bringCode(bench.deps)]);
    expect(both.map((result) => (result.outcome === "refused" ? result.code : result.outcome)).toSorted()).toEqual([
      "renewal-in-progress",
      "stored",
    ]);
    expect(await bringCode(bench.deps)).toMatchObject({ code: "verifier-used" });
    expect(bench.provider().issued()).toBe(1);
  });
});
