import { describe, expect, it } from "vitest";
import { failed, succeeded } from "../../../server/domain/broker-answer.ts";
import { confirmVersion } from "../../../server/use-cases/confirm-version.ts";
import { revokeToken } from "../../../server/use-cases/revoke-token.ts";
import { rollBackToken } from "../../../server/use-cases/roll-back-token.ts";
import { showAccounts, showBalances, showPositions } from "../../../server/use-cases/show-accounts.ts";
import { unpinAccounts } from "../../../server/use-cases/unpin-accounts.ts";
import { anAccount } from "./scripted-provider.ts";
import { aConnection, aToken, at } from "../../support/builders.ts";
import {
  aWorkbench,
  bringCode,
  eventTypes,
  noticeKinds,
  pin,
  prod,
  startRenewal,
  type Workbench,
} from "./workbench.ts";

async function onVersion(version: number): Promise<Workbench> {
  const bench = aWorkbench();
  await bench.have(aConnection({ pin, token: aToken({ version }) }));
  return bench;
}

describe("rollBackToken", () => {
  it("proves the version before, stores it as a new one and announces that", async () => {
    const bench = await onVersion(2);
    expect(await rollBackToken(bench.deps, prod)).toEqual({ outcome: "stored", version: 3 });
    expect(bench.provider().calls).toEqual(["listAccounts access-v1"]);
    expect((await bench.stores.tokens.read(prod, 3))?.accessToken.reveal()).toBe("access-v1");
    expect((await bench.connection()).token).toMatchObject({ version: 3, issuedAt: at("2026-03-10T12:30:00Z") });
    expect(await eventTypes(bench)).toEqual(["token.renewed"]);
  });

  it("changes nothing when the earlier token no longer works", async () => {
    const bench = await onVersion(2);
    const before = await bench.connection();
    bench.provider().next.listAccounts.push(failed("token-rejected", 401), failed("token-rejected", 401));
    expect(await rollBackToken(bench.deps, prod)).toMatchObject({ code: "earlier-version-rejected" });
    expect(await bench.connection()).toEqual(before);
    expect(await bench.stores.tokens.latestVersion(prod)).toBe(2);
  });

  it("changes nothing when the earlier token opens other accounts than the pinned ones", async () => {
    const bench = await onVersion(2);
    bench.provider().next.listAccounts.push(succeeded([{ ...anAccount, accountId: "99990000" }]));
    expect(await rollBackToken(bench.deps, prod)).toMatchObject({ code: "account-mismatch" });
    expect(await bench.stores.tokens.latestVersion(prod)).toBe(2);
  });

  it("wakes an earlier token that had gone idle", async () => {
    const bench = await onVersion(2);
    bench.provider().next.listAccounts.push(failed("token-rejected", 401));
    expect(await rollBackToken(bench.deps, prod)).toEqual({ outcome: "stored", version: 3 });
  });

  it("refuses where there is no earlier version", async () => {
    const bench = await onVersion(1);
    expect(await rollBackToken(bench.deps, prod)).toMatchObject({ code: "no-previous-version" });
  });
});

describe("revokeToken", () => {
  it("kills the token at the broker first, then here, and says so", async () => {
    const bench = await onVersion(1);
    expect(await revokeToken(bench.deps, prod)).toEqual({ outcome: "revoked" });
    expect(bench.provider().calls).toEqual(["revoke access-v1"]);
    expect((await bench.connection()).ended).toMatchObject({ reason: "revoked" });
    expect(await eventTypes(bench)).toEqual(["token.revoked", "authorization.needed"]);
    expect(await noticeKinds(bench)).toEqual(["token-lost"]);
    expect(await revokeToken(bench.deps, prod)).toMatchObject({ code: "no-token" });
  });

  it("counts a token the broker no longer knows as revoked", async () => {
    const bench = await onVersion(1);
    bench.provider().next.revoke.push(failed("token-rejected", 401));
    expect(await revokeToken(bench.deps, prod)).toEqual({ outcome: "revoked" });
  });

  it("says that the token is alive when the broker did not answer", async () => {
    const bench = await onVersion(1);
    bench.provider().next.revoke.push(failed("unreachable"));
    expect(await revokeToken(bench.deps, prod)).toMatchObject({ code: "broker-unavailable", reason: "unreachable" });
    expect((await bench.connection()).ended).toBeNull();
  });
});

describe("unpinAccounts", () => {
  it("makes the next renewal ask which accounts are right", async () => {
    const bench = await onVersion(1);
    expect(await unpinAccounts(bench.deps, prod)).toEqual({ outcome: "unpinned" });
    await startRenewal(bench.deps);
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "confirm-accounts" });
  });
});

function confirm({ deps }: Workbench, version: number) {
  return confirmVersion(deps, { connectionId: prod, consumer: "algo", version });
}

describe("confirmVersion", () => {
  it("remembers the version a trading system runs on, and tells whether it is the current one", async () => {
    const bench = await onVersion(2);
    expect(await confirm(bench, 1)).toEqual({ outcome: "confirmed", current: false });
    expect(await confirm(bench, 2)).toEqual({ outcome: "confirmed", current: true });
    expect(await bench.stores.records.confirmations()).toEqual([
      { connectionId: prod, consumer: "algo", version: 2, at: bench.now },
    ]);
  });

  it("refuses a version that was never stored", async () => {
    const bench = await onVersion(2);
    expect(await confirm(bench, 3)).toMatchObject({ code: "unknown-version" });
    expect(await bench.stores.records.confirmations()).toEqual([]);
  });
});

describe("showAccounts, showBalances, showPositions", () => {
  it("show what the token opens, with all but four digits of the number hidden", async () => {
    const { deps } = await onVersion(1);
    expect([
      await showAccounts(deps, prod),
      await showBalances(deps, prod),
      await showPositions(deps, prod),
    ]).toMatchObject([
      { outcome: "shown", value: { accounts: ["••5188 Brokerage"], missing: [] } },
      { outcome: "shown", value: [{ account: "••5188 Brokerage", totalValue: 1000, cash: 10 }] },
      { outcome: "shown", value: [{ account: "••5188 Brokerage", symbol: "MSFT", quantity: 2, marketValue: 800 }] },
    ]);
  });

  it("refuse without a call once the token is dead, and say why when the broker fails", async () => {
    const bench = await onVersion(1);
    bench.provider().next.listAccounts.push(failed("maintenance", 503));
    expect(await showAccounts(bench.deps, prod)).toMatchObject({ code: "broker-unavailable", reason: "maintenance" });
    bench.provider().next.balance.push(failed("rate-limited", 400));
    expect(await showBalances(bench.deps, prod)).toMatchObject({ reason: "rate-limited" });
    const calls = bench.provider().calls.length;
    bench.now = at("2026-03-11T04:00:00Z");
    expect(await showPositions(bench.deps, prod)).toMatchObject({ code: "no-token" });
    expect(bench.provider().calls).toHaveLength(calls);
  });
});
