// The real client against a Firestore that answers no more: nobody waits long, and what was done is known to be done.
import { beforeAll, describe, expect, it } from "vitest";
import { type Cloud, openCloud } from "../support/firestore.ts";
import { anEntry, anEvent, now } from "./drafts.ts";

const aChange = { events: [anEvent()], journal: [anEntry()], claims: ["slot"] };

// All wait for seconds, so they wait together, each for a Firestore of its own.
let clouds: Record<"silenced" | "lost" | "dead", Cloud>;
beforeAll(async () => {
  const [silenced, lost, dead] = await Promise.all([openCloud(), openCloud(), openCloud()]);
  clouds = { silenced, lost, dead };
});

describe.concurrent("a change that Firestore made", () => {
  it("is reported made when Firestore falls silent after it", async () => {
    const { server, records } = clouds.silenced;
    server.failNext("Commit", "do-and-hold");
    expect(await records.commit(aChange)).toBe("committed");
    expect(await records.changeCount()).toBe(1);
  });

  it("is reported made even if nobody could be asked until patience was at its end", async () => {
    const { server, records } = clouds.lost;
    const away = Array.from({ length: 99 }, () => ({ refuse: "UNAVAILABLE" }) as const);
    server.failNext("Commit", { loseAnswer: "UNAVAILABLE" }, ...away);
    expect(await records.commit(aChange)).toBe("committed");
    expect(await records.changeCount()).toBe(1);
  });
});

describe.concurrent("whoever asks a Firestore that does not answer", () => {
  it("is told so within seconds, and nothing is done behind their back", async () => {
    const { server, db, records, leases } = clouds.dead;
    server.failAll("hold");
    const started = performance.now();
    const calls = [records.connections(), records.commit(aChange), records.commit({}), leases.acquire("renew", now)];
    const outcomes = await Promise.allSettled(calls);
    expect(performance.now() - started).toBeLessThan(13_000);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: "rejected", reason: { message: "Firestore did not answer in time." } });
    server.failAll(null);
    // The client goes on for a while, and this waits for its end.
    await db.terminate();
    expect(server.calls()["BatchGetDocuments"]).toBeGreaterThan(2);
    expect(server.documents()).toBe("");
  });
});
