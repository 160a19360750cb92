import { describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { aConnection, aPending, aToken, at } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { traced } from "./crashing.ts";
import { aTokenSet, aWorkbench, eventTypes, identityOf, noticeKinds, prod } from "./workbench.ts";

const sandbox = "etrade-sandbox";
const renewedAt = (id: string) => ({ ...aConnection(), ...identityOf(id) });
/** 10:31 in New York, two hours and a minute after the last call. */
const whenChecksAreDue = at("2026-03-10T14:31:00Z");

const nothing = {
  recovered: 0,
  expired: 0,
  checked: 0,
  failed: 0,
  asked: 0,
  messagesSent: 0,
  messagesWaiting: 0,
  eventsDelivered: 0,
  eventsWaiting: 0,
};

describe("runTick", () => {
  it("does nothing, and reads the connections once, while nothing is due", async () => {
    const reads: string[] = [];
    const bench = aWorkbench({ ids: [prod, sandbox], stores: traced(inMemoryStores(), (call) => reads.push(call)) });
    await bench.have(renewedAt(prod));
    await bench.have(renewedAt(sandbox));
    reads.length = 0;
    expect(await runTick(bench.deps)).toEqual(nothing);
    expect(reads.toSorted()).toEqual([
      "outbox.standingMessages",
      "outbox.takeEvent",
      "outbox.takeMessages",
      "records.connections",
      "records.drills",
      "records.pendingAuthorizations",
      "records.people",
    ]);
  });

  it("tells of a check, an expiry and a reminder in one run, and delivers all of it", async () => {
    const bench = aWorkbench({ ids: [prod, sandbox] });
    // Wednesday, 08:30 in New York: yesterday's token is dead, the one of 00:05 has not been used since 07:00.
    bench.now = at("2026-03-11T12:30:00Z");
    await bench.have(renewedAt(prod));
    await bench.have({
      ...renewedAt(sandbox),
      token: aToken({ issuedAt: at("2026-03-11T04:05:00Z") }),
      lastSuccess: { at: at("2026-03-11T11:00:00Z"), call: "accounts-list" },
    });
    expect(await runTick(bench.deps)).toEqual({
      ...nothing,
      expired: 1,
      checked: 1,
      asked: 1,
      messagesSent: 1,
      eventsDelivered: 2,
    });
    expect(bench.published.map(({ type }) => type)).toEqual(["token.expired", "authorization.needed"]);
    expect(bench.sent).toEqual([{ kind: "renewal-required", tradingDay: "2026-03-11", slot: 60, connections: [prod] }]);
    expect(bench.provider(sandbox).calls).toEqual(["listAccounts access-v1"]);
  });

  it("does everything once when two ticks run at the same time", async () => {
    const bench = aWorkbench({ ids: [prod, sandbox] });
    bench.now = at("2026-03-11T12:30:00Z");
    await bench.have(renewedAt(prod));
    await bench.have(renewedAt(sandbox));
    await Promise.all([runTick(bench.deps), runTick(bench.deps)]);
    await runTick(bench.deps);
    expect((await eventTypes(bench)).toSorted()).toEqual([
      "authorization.needed",
      "authorization.needed",
      "token.expired",
      "token.expired",
    ]);
    expect(bench.published).toHaveLength(4);
    expect(bench.sent).toEqual([
      { kind: "renewal-required", tradingDay: "2026-03-11", slot: 60, connections: [prod, sandbox] },
    ]);
  });

  it("checks and reminds of the others when one connection's broker adapter throws", async () => {
    const bench = aWorkbench({ ids: [prod, sandbox] });
    bench.now = whenChecksAreDue;
    await bench.have(renewedAt(prod));
    await bench.have(renewedAt(sandbox));
    bench.provider(prod).next.listAccounts.push(new Error("a bug of ours"));
    expect(await runTick(bench.deps)).toEqual({ ...nothing, checked: 2, failed: 1 });
    expect((await bench.connection(sandbox)).lastSuccess?.at).toEqual(whenChecksAreDue);
    expect(bench.logged).toContainEqual(expect.objectContaining({ level: "error", event: "tick-failed" }));
  });

  it("checks and reminds of the others when one connection's half-done renewal can't be taken up", async () => {
    const bench = aWorkbench({ ids: [prod, sandbox] });
    bench.now = whenChecksAreDue;
    await bench.have(renewedAt(prod));
    await bench.have(renewedAt(sandbox));
    const candidate = { ...aTokenSet("candidate", bench.now), verifiedAt: null };
    await bench.stores.records.commit({ pending: aPending({ stage: "verifying", candidate }) });
    bench.provider(prod).next.listAccounts.push(new Error("a bug of ours"));
    expect(await runTick(bench.deps)).toMatchObject({ failed: 1, checked: 2 });
    expect((await bench.connection(sandbox)).lastSuccess?.at).toEqual(whenChecksAreDue);
  });

  it("leaves a token alone that was stored after this tick had read that the one before expired", async () => {
    const stores = inMemoryStores();
    const bench = aWorkbench({ stores });
    await bench.have(aConnection());
    const stale = await stores.records.connections();
    bench.now = at("2026-03-11T04:00:05Z");
    const fresh = aToken({ version: 2, issuedAt: at("2026-03-11T04:00:03Z") });
    await stores.tokens.put(prod, aTokenSet("v2", fresh.issuedAt));
    await stores.records.commit({ connection: { ...(await bench.connection()), token: fresh } });

    const records = { ...stores.records, connections: async () => stale };
    await runTick({ ...bench.deps, records });
    expect(await bench.connection()).toMatchObject({ token: { version: 2 }, ended: null });
    expect(await eventTypes(bench)).not.toContain("token.expired");
    expect(bench.exported).toEqual([]);
  });

  it("calls each of a hundred brokers once, and never more than eight at the same time", async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `etrade-${index}`);
    const bench = aWorkbench({ ids });
    bench.now = whenChecksAreDue;
    let atOnce = 0;
    let most = 0;
    for (const id of ids) {
      // oxlint-disable-next-line no-await-in-loop -- a fixture
      await bench.have(renewedAt(id));
      const provider = bench.provider(id);
      const answer = provider.listAccounts.bind(provider);
      provider.listAccounts = async (tokenSet) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        // Long enough for all the others to have begun, if they could.
        await new Promise((resolve) => setImmediate(resolve));
        atOnce -= 1;
        return answer(tokenSet);
      };
    }
    expect(await runTick(bench.deps)).toMatchObject({ checked: 100, failed: 0 });
    expect(most).toBe(8);
    expect(ids.filter((id) => bench.provider(id).calls.length !== 1)).toEqual([]);
  });

  it("warns within five minutes of a broker's first failure, tells of recovery once, and follows the retry table", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection());
    const start = at("2026-03-10T13:30:00Z");
    const seconds: number[] = [];
    for (let second = 0; second <= 900; second += 5) {
      bench.now = start.add({ seconds: second });
      bench.provider().next.listAccounts = [failed("server-error", 500)];
      // oxlint-disable-next-line no-await-in-loop -- time goes forward
      if ((await runTick(bench.deps)).checked > 0) seconds.push(second);
    }
    expect(seconds).toEqual([0, 30, 120, 300, 600]);
    expect(await noticeKinds(bench)).toEqual(["keepalive-failing"]);

    bench.provider().next.listAccounts = [];
    bench.now = start.add({ seconds: 1200 });
    await runTick(bench.deps);
    await runTick(bench.deps);
    expect(await noticeKinds(bench)).toEqual(["keepalive-failing", "keepalive-recovered"]);
    expect(await eventTypes(bench)).toEqual(["keepalive.failing", "keepalive.recovered"]);
  });
});
