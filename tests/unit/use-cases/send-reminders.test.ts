import { describe, expect, it } from "vitest";
import { sendReminders } from "../../../server/use-cases/send-reminders.ts";
import { aConnection, aPending, aToken, at } from "../../support/builders.ts";
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
