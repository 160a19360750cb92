import { describe, expect, it } from "vitest";
import { tokenEvent } from "../../../server/domain/token-event.ts";
import { DeliveryError } from "../../../server/ports.ts";
import { deliverEvents } from "../../../server/use-cases/deliver-events.ts";
import { aConnection } from "../../support/builders.ts";
import { aWorkbench, prod } from "./workbench.ts";

async function withEvents(count: number) {
  const bench = aWorkbench();
  const ids = Array.from({ length: count }, (_, index) => `event-${index + 1}`);
  await bench.stores.records.commit({
    events: ids.map((id) => tokenEvent(id, "token.renewed", bench.now, aConnection(), null)),
  });
  return bench;
}

describe("deliverEvents", () => {
  it("publishes in order, each event once", async () => {
    const bench = await withEvents(3);
    expect(await deliverEvents(bench.deps)).toEqual({ delivered: 3, waiting: 0 });
    expect(await deliverEvents(bench.deps)).toEqual({ delivered: 0, waiting: 0 });
    expect(bench.published.map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  });

  it("keeps the order when two runs deliver at the same time", async () => {
    const bench = await withEvents(5);
    await Promise.all([deliverEvents(bench.deps), deliverEvents(bench.deps)]);
    await deliverEvents(bench.deps);
    expect(bench.published.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
  });

  it("holds back what follows an event that was not taken, until that one is", async () => {
    const bench = await withEvents(2);
    bench.outages.publish.push(new DeliveryError("down", { retryAfterSeconds: 20 }));
    expect(await deliverEvents(bench.deps)).toEqual({ delivered: 0, waiting: 1 });
    bench.now = bench.now.add({ seconds: 19 });
    expect(await deliverEvents(bench.deps)).toEqual({ delivered: 0, waiting: 0 });
    expect((await bench.stores.outbox.eventBacklog()).count).toBe(2);
    bench.now = bench.now.add({ seconds: 1 });
    expect(await deliverEvents(bench.deps)).toEqual({ delivered: 2, waiting: 0 });
    expect(bench.published.map(({ id }) => id)).toEqual(["event-1", "event-2"]);
  });

  it("asks again within an hour, however long the receiver wants to be left alone", async () => {
    const bench = await withEvents(1);
    bench.outages.publish.push(new DeliveryError("go away", { retryAfterSeconds: 86_400 }));
    await deliverEvents(bench.deps);
    bench.now = bench.now.add({ hours: 1 });
    expect(await deliverEvents(bench.deps)).toEqual({ delivered: 1, waiting: 0 });
  });

  it("counts what is recorded as delivered where no receiver is configured", async () => {
    const bench = await withEvents(2);
    expect(await deliverEvents({ ...bench.deps, publisher: null })).toEqual({ delivered: 2, waiting: 0 });
    expect(await bench.stores.outbox.announcedAt(prod, 1)).toEqual(bench.now);
  });
});
