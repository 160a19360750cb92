import { describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import { interruptedConnections, recoverAuthorizations } from "../../../server/use-cases/recover-authorizations.ts";
import { aConnection, aPending, aToken } from "../../support/builders.ts";
import { acceptAccounts, aTokenSet, aWorkbench, bringCode, eventTypes, noticeKinds, pin, prod } from "./workbench.ts";

const candidate = (name: string, bench: { now: Temporal.Instant }) => ({
  ...aTokenSet(name, bench.now),
  verifiedAt: null,
});

describe("interruptedConnections", () => {
  it("names each connection once whose renewal stands in the middle", () => {
    const stages = ["waiting", "exchanging", "verifying", "confirming-accounts", "completed", "failed"] as const;
    const pending = stages.map((stage) => aPending({ stage, connectionId: stage }));
    expect([...interruptedConnections([...pending, ...pending])]).toEqual([
      "exchanging",
      "verifying",
      "confirming-accounts",
    ]);
  });
});

describe("recoverAuthorizations", () => {
  it("stores a token set that a crash left unproven", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin }));
    await bench.stores.records.commit({
      pending: aPending({ stage: "verifying", candidate: candidate("new", bench) }),
    });
    expect(await recoverAuthorizations(bench.deps, prod)).toBe(true);
    expect(bench.provider().calls).toEqual(["listAccounts access-new"]);
    expect((await bench.connection()).token).toMatchObject({ version: 2 });
    expect(await eventTypes(bench)).toEqual(["token.renewed"]);
  });

  it("says that a code was lost on its way and asks the broker what became of the token in use", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin }));
    await bench.stores.records.commit({ pending: aPending({ stage: "exchanging" }) });
    bench.provider().next.listAccounts.push(failed("token-rejected", 401), failed("token-rejected", 401));
    await recoverAuthorizations(bench.deps, prod);
    expect(await bringCode(bench.deps)).toMatchObject({ code: "authorization-interrupted" });
    expect((await bench.connection()).ended).toMatchObject({ reason: "rejected" });
    expect(await noticeKinds(bench)).toEqual(["renewal-failed", "token-lost"]);
  });

  it("waits while somebody alive holds the connection", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin }));
    await bench.stores.records.commit({
      pending: aPending({ stage: "verifying", candidate: candidate("new", bench) }),
    });
    const release = await bench.stores.leases.acquire(`connection/${prod}`, bench.now);
    expect(await recoverAuthorizations(bench.deps, prod)).toBe(false);
    expect(bench.provider().calls).toEqual([]);
    await release?.();
    expect(await recoverAuthorizations(bench.deps, prod)).toBe(true);
  });

  it("gives accounts a quarter of an hour to be confirmed, then revokes the token silently", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin: null, token: null, lastSuccess: null }));
    const pending = aPending({ stage: "confirming-accounts", candidate: candidate("new", bench), candidatePin: pin });
    await bench.stores.records.commit({ pending });
    bench.now = pending.startedAt.add({ minutes: 15 }).subtract({ seconds: 1 });
    await recoverAuthorizations(bench.deps, prod);
    expect(bench.provider().calls).toEqual([]);

    bench.now = pending.startedAt.add({ minutes: 15 });
    await recoverAuthorizations(bench.deps, prod);
    expect(bench.provider().calls).toEqual(["revoke access-new"]);
    expect(await acceptAccounts(bench.deps)).toMatchObject({ code: "nothing-to-confirm" });
    expect(await noticeKinds(bench)).toEqual([]);
  });

  it("keeps the token of a later login when an earlier one is proven at last", async () => {
    const bench = aWorkbench();
    const later = aToken({ version: 2, issuedAt: bench.now.add({ minutes: 10 }) });
    await bench.have(aConnection({ pin, token: later }));
    await bench.stores.records.commit({
      pending: aPending({ stage: "verifying", candidate: candidate("earlier", bench) }),
    });
    bench.now = bench.now.add({ minutes: 11 });
    await recoverAuthorizations(bench.deps, prod);
    expect((await bench.connection()).token).toEqual(later);
    expect(await bench.stores.tokens.latestVersion(prod)).toBe(2);
    expect(await eventTypes(bench)).toEqual([]);
    const [ended] = await bench.stores.records.pendingAuthorizations(bench.now, prod);
    expect(ended).toMatchObject({ stage: "failed", end: "overtaken", candidate: null });
  });
});
