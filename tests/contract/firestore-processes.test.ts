import { describe, expect, it } from "vitest";
import { verifyJournal } from "../../server/use-cases/verify-journal.ts";
import { inMemoryFingerprint } from "../support/fakes.ts";
import { openCloud } from "../support/firestore.ts";
import { aMessage, now } from "./drafts.ts";
import { runProcess } from "./processes/run.ts";

interface Got {
  readonly claims: readonly number[];
  readonly leases: readonly number[];
  readonly links: readonly number[];
  readonly messages: readonly number[];
  readonly events: readonly number[];
}

describe("two processes at once", () => {
  it("get each claim, lease, link and message once between them, lose no change, and deliver events in order", async () => {
    const { server, records, outbox, sessions } = await openCloud();
    const rounds = Array.from({ length: 12 }, (_, round) => round);
    await records.commit({ messages: rounds.map((round) => aMessage({ at: now.add({ seconds: round }) })) });
    await Promise.all(
      rounds.map((round) =>
        sessions.addOneTime({ purpose: "link", digest: `link-${round}`, facts: {}, expiresAt: now.add({ hours: 1 }) }),
      ),
    );

    const printed = await Promise.all([
      runProcess("firestore-racer", server.host, "one", "two"),
      runProcess("firestore-racer", server.host, "two", "one"),
    ]);
    const got = printed.map((line): Got => JSON.parse(line));
    const together = (what: keyof Got) => got.flatMap((each) => each[what]).toSorted((a, b) => a - b);

    expect(together("claims")).toEqual(rounds);
    expect(together("leases")).toEqual(rounds);
    expect(together("links")).toEqual(rounds);
    expect(together("messages")).toEqual(rounds.map((round) => round + 1));
    expect(together("events")).toEqual(rounds.map((round) => round + 1));
    expect(await records.connection("etrade-prod")).toMatchObject({ revision: 24, consecutiveFailures: 24 });
    // Every number once and none left out, in the journal as in the queue.
    expect((await records.journal(99)).map(({ id }) => id)).toEqual(rounds.map((round) => 12 - round));
    const random = { fingerprint: inMemoryFingerprint };
    expect(await verifyJournal({ records, random })).toMatchObject({ entries: 12, fromBeforeChain: 0, fault: null });
    expect(await outbox.lastSequence()).toBe(12);
    for (const { events } of got) expect(events).toEqual(events.toSorted((a, b) => a - b));
    expect(await outbox.eventBacklog()).toEqual({ count: 0, oldestAt: null });
  }, 60_000);
});
