// The real client against a Firestore that fails: what was acknowledged happened once, and what happened once is acknowledged.
import { describe, expect, it } from "vitest";
import { aConnection, aPending, aSession } from "../support/builders.ts";
import { openCloud } from "../support/firestore.ts";
import { eventually } from "../support/wait.ts";
import { Secret } from "../../server/domain/secret.ts";
import { aMessage, anEntry, anEvent, now } from "./drafts.ts";
import { aTokenSet } from "./token-sets.ts";

const lease = now.add({ seconds: 60 });
const later = now.add({ minutes: 5 });
const lost = { loseAnswer: "UNAVAILABLE" } as const;

const aChange = () => ({
  connection: aConnection({ revision: 0 }),
  pending: aPending(),
  events: [anEvent()],
  messages: [aMessage({ claims: ["slot"] })],
  claims: ["update/7"],
  journal: [anEntry()],
});

describe("a change of the records", () => {
  it.each([
    ["Firestore was away for a moment", [{ refuse: "UNAVAILABLE" }]],
    ["others wrote at the same time", [{ refuse: "ABORTED" }, { refuse: "ABORTED" }]],
    ["the acknowledgement got lost", [lost]],
    ["one acknowledgement after the other got lost", [lost, lost, lost, lost]],
    ["it is not known what became of it", [{ loseAnswer: "DEADLINE_EXCEEDED" }, { refuse: "INTERNAL" }]],
    ["the connection broke and the change was not done after all", [{ refuse: "DEADLINE_EXCEEDED" }]],
  ] as const)("is made once and reported so, although %s", async (_case, faults) => {
    const { server, records, outbox } = await openCloud();
    server.failNext("Commit", ...faults);
    expect(await records.commit(aChange())).toBe("committed");
    expect(await records.connection("etrade-prod")).toMatchObject({ revision: 1 });
    expect(await outbox.eventsAfter(0, 9)).toEqual([{ ...anEvent(), sequence: 1 }]);
    expect(await outbox.messages(9)).toMatchObject([{ id: 1 }]);
    expect(await records.journal(9)).toEqual([{ ...anEntry(), id: 1, hash: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(await records.changeCount()).toBe(1);
    expect(await records.commit(aChange())).toBe("conflict");
  });

  it("is reported made although somebody else has changed the same connection since", async () => {
    const [here, there] = await twoProcesses();
    here.server.failNext("Commit", lost);
    const reported = here.records.commit(aChange());
    const next = eventually("the next change", async () => {
      const stored = await there.records.connection("etrade-prod");
      return stored !== null && (await there.records.commit({ connection: stored }));
    });
    expect([await reported, await next]).toEqual(["committed", "committed"]);
    expect(await there.records.changeCount()).toBe(2);
  });

  it("is reported as a conflict, not as made, when somebody else's came first", async () => {
    const [here, there] = await twoProcesses();
    await there.records.commit(aChange());
    here.server.failNext("Commit", lost);
    expect(await here.records.commit(aChange())).toBe("conflict");
    expect(await here.records.changeCount()).toBe(1);
  });

  it("counts a failed delivery once when the acknowledgement got lost", async () => {
    const { server, records, outbox } = await openCloud();
    await records.commit({ messages: [aMessage()], events: [anEvent()] });
    await outbox.takeMessages(now, lease);
    await outbox.takeEvent(now, lease);
    server.failNext("Commit", lost);
    await outbox.settleMessage(1, { outcome: "retry", at: later });
    server.failNext("Commit", lost);
    await outbox.settleEvent(1, { outcome: "retry", at: later });
    expect(await outbox.messages(9)).toMatchObject([{ attempts: 1, state: "waiting" }]);
    expect(await outbox.takeEvent(later, later)).toMatchObject({ attempts: 1 });
  });
});

describe("what is taken when the acknowledgement gets lost", () => {
  it("is a message for its taker and nobody else", async () => {
    const [here, there] = await twoProcesses();
    await here.records.commit({ messages: [aMessage(), aMessage()] });
    here.server.failNext("Commit", lost);
    expect(await here.outbox.takeMessages(now, lease)).toMatchObject([{ id: 1 }, { id: 2 }]);
    expect(await there.outbox.takeMessages(now, lease)).toEqual([]);
  });

  it("is an event for its taker and nobody else", async () => {
    const [here, there] = await twoProcesses();
    await here.records.commit({ events: [anEvent()] });
    here.server.failNext("Commit", lost);
    expect(await here.outbox.takeEvent(now, lease)).toMatchObject({ sequence: 1, attempts: 0 });
    expect(await there.outbox.takeEvent(now, lease)).toBeNull();
  });

  it("is a lease for its holder and nobody else", async () => {
    const [here, there] = await twoProcesses();
    here.server.failNext("Commit", lost);
    const release = await here.leases.acquire("renew", now);
    expect(release).not.toBeNull();
    expect(await there.leases.acquire("renew", now)).toBeNull();
    here.server.failNext("Commit", lost);
    await release?.();
    expect(await there.leases.acquire("renew", now)).not.toBeNull();
  });

  it("is a sign-in link for its spender and nobody else", async () => {
    const [here, there] = await twoProcesses();
    here.server.failNext("Commit", lost);
    const link = { purpose: "link", digest: "digest", facts: { personId: "owner" }, expiresAt: later } as const;
    expect(await here.sessions.addOneTime(link)).toBe(true);
    here.server.failNext("Commit", lost);
    expect(await here.sessions.spendOneTime("link", "digest", now)).toEqual({ personId: "owner" });
    expect(await here.sessions.spendOneTime("link", "digest", now)).toBeNull();
    expect(await there.sessions.spendOneTime("link", "digest", now)).toBeNull();
  });
});

describe("a lease that can't be given back", () => {
  it("does not make the work under it look failed, and lapses", async () => {
    const { server, leases } = await openCloud();
    const release = await leases.acquire("renew", now);
    server.failAll({ refuse: "PERMISSION_DENIED" });
    await release?.();
    server.failAll(null);
    expect(await leases.acquire("renew", now)).toBeNull();
    expect(await leases.acquire("renew", now.add({ minutes: 2 }))).not.toBeNull();
  });
});

describe("an operator", () => {
  it.each([
    ["PERMISSION_DENIED", /roles\/datastore\.user/],
    ["NOT_FOUND", /gcloud firestore databases create/],
    ["FAILED_PRECONDITION", /firestore\.indexes\.json/],
    ["UNAUTHENTICATED", /gcloud auth application-default login/],
  ] as const)("reads of %s what to do about it, and nothing of what is stored", async (code, remedy) => {
    const { server, records, sessions } = await openCloud();
    server.failAll({ refuse: code });
    const calls = [
      () => records.connections(),
      () => records.commit({ journal: [anEntry({ text: "CANARY" })], claims: ["CANARY"] }),
      () => sessions.spendOneTime("link", "CANARY", now),
    ];
    const started = performance.now();
    const errors = await Promise.all(calls.map((call) => call().then(() => null, String)));
    // The client would try each read three times and take seven seconds.
    expect(performance.now() - started).toBeLessThan(4_000);
    for (const error of errors) {
      expect(error).toMatch(remedy);
      expect(error).not.toMatch(/CANARY|prebell-test/);
    }
  });
});

describe("what lies in Firestore", () => {
  it("shows no secret of a pending authorization", async () => {
    const { server, records } = await openCloud();
    const pending = aPending({
      authorizeUrl: "https://broker.example/?token=PLAIN-REQUEST",
      requestToken: new Secret("PLAIN-REQUEST"),
      requestTokenSecret: new Secret("PLAIN-SECRET"),
      candidate: aTokenSet({ token: "PLAIN-ACCESS" }),
      stage: "verifying",
    });
    await records.commit({ pending, journal: [anEntry({ text: "Seen by anybody." })] });
    expect(server.documents()).toMatch(/Seen by anybody/);
    expect(server.documents()).not.toMatch(/PLAIN/);
    expect(JSON.stringify(server.received)).not.toMatch(/PLAIN/);
  });

  it("goes by its time, but nothing undelivered, nothing under way and no connection does", async () => {
    const { server, records, outbox, leases, sessions } = await openCloud();
    await records.commit({ ...aChange(), messages: [aMessage(), aMessage()], events: [anEvent(), anEvent()] });
    await records.commit({ pending: aPending({ id: "open", stage: "verifying" }) });
    await outbox.takeMessages(now, lease);
    await outbox.settleMessage(1, { outcome: "delivered", at: now, text: "Sent." });
    await outbox.takeEvent(now, lease);
    await outbox.settleEvent(1, { outcome: "delivered", at: now, text: null });
    await records.confirm({ connectionId: "etrade-prod", consumer: "bot", version: 1, at: now }, anEntry());
    await records.recordRun({ kind: "tick", at: now, ok: true });
    await leases.acquire("renew", now);
    await sessions.addOneTime({ purpose: "link", digest: "digest", facts: {}, expiresAt: later });
    await sessions.putSession(aSession({ digest: "digest", expiresAt: later }));

    const kinds = () =>
      server
        .documents()
        .split("\n")
        .map((line) => line.split(" ")[0]?.replace(/\/[0-9a-f-]{32,}$/, "") ?? "")
        .filter((path) => !/^(changes|claims)/.test(path))
        .toSorted();
    const kept = ["confirmations", "connections/etrade-prod", "meta/counters", "pending/open", "runs/tick"];
    const lasting = [...kept, "journal/1", "journal/2"];
    server.purge(now.add({ hours: 23 }));
    const passing = ["events/1", "messages/1", "pending/pending-1"];
    expect(kinds()).toEqual([...lasting, ...passing, "events/2", "messages/2"].toSorted());
    server.purge(now.add({ hours: 89 * 24 }));
    expect(kinds()).toContain("messages/1");
    server.purge(now.add({ hours: 5000 * 24 }));
    expect(kinds()).toEqual([...lasting, "events/2", "messages/2"].toSorted());
    expect(await records.changeCount()).toBe(7);
    expect(await outbox.lastSequence()).toBe(2);
    expect(await outbox.takeEvent(now.add({ minutes: 2 }), later)).toMatchObject({ sequence: 2 });
  });

  it("has its price: one read for a look that finds nothing, and few writes for a change", async () => {
    const { server, records, outbox } = await openCloud();
    const price = async (step: () => Promise<unknown>) => {
      const before = server.counts();
      await step();
      const after = server.counts();
      return [after.reads - before.reads, after.writes - before.writes, after.deletes - before.deletes];
    };
    expect(await price(() => outbox.takeMessages(now, lease))).toEqual([1, 0, 0]);
    expect(await price(() => outbox.takeEvent(now, lease))).toEqual([1, 0, 0]);
    expect(await price(() => records.changeCount())).toEqual([1, 0, 0]);
    expect(await price(() => records.connections())).toEqual([1, 0, 0]);
    // Counters, claims and connection are read; connection, pending, event, message, entry, claims, counters and mark written.
    expect(await price(() => records.commit(aChange()))).toEqual([4, 9, 0]);
    expect(await price(() => records.commit(aChange()))).toEqual([4, 0, 0]);
    expect(await price(() => records.connections())).toEqual([1, 0, 0]);
    expect(await price(() => outbox.takeMessages(now, lease))).toEqual([3, 3, 0]);
  });
});

async function twoProcesses() {
  const here = await openCloud();
  return [here, await openCloud(here.server)] as const;
}
