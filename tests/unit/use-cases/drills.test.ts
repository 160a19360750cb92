// Fire drills: the whole loop on a broker of its own, and nothing real touched by it.
import { describe, expect, it } from "vitest";
import { reportOf } from "../../../server/domain/drill-report.ts";
import { acknowledgeDrill } from "../../../server/use-cases/acknowledge-drill.ts";
import { cancelDrill } from "../../../server/use-cases/cancel-drill.ts";
import { confirmVersion } from "../../../server/use-cases/confirm-version.ts";
import { planDrill } from "../../../server/use-cases/plan-drill.ts";
import { DeliveryError } from "../../../server/ports.ts";
import { completeAuthorization } from "../../../server/use-cases/complete-authorization.ts";
import { createStartAuthorization } from "../../../server/use-cases/start-authorization.ts";
import { aConnection, aPerson, at } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { accept, aDrillBench, evening } from "./drill-bench.ts";

const mine = { personId: "owner", dueAt: null };
const confirm = (version: number) => ({ connectionId: "drill", consumer: "opening-bell-bot", version });

describe("a fire drill", () => {
  it("goes from the alert to the trading system's confirmation, and says 100", async () => {
    const drill = aDrillBench();
    expect((await planDrill(drill.deps, mine)).outcome).toBe("planned");
    await drill.tick();
    expect(drill.chat[0]?.message.text).toMatch(/^🧪 FIRE DRILL – nothing is at stake/);
    expect(drill.chat[0]?.message.buttons?.flat().map(({ label }) => label)).toEqual([
      "Renew in this chat",
      "I'm on it",
    ]);
    await drill.later({ seconds: 20 });
    expect(await drill.renew()).toBe("stored");
    await drill.later({ seconds: 5 });
    expect(drill.bench.published).toEqual([expect.objectContaining({ type: "token.renewed", connectionId: "drill" })]);
    await confirmVersion(drill.deps, confirm(1));
    await drill.later({ seconds: 5 });
    const ended = await drill.newest();
    expect([ended.state, ended.confirmedBy, reportOf(ended).score]).toEqual(["done", "opening-bell-bot", 100]);
    expect(drill.chat.map(({ message }) => message.text)).toEqual([
      "🧪 FIRE DRILL – nothing is at stake\n✅ The loop closed: 100 of 100.",
    ]);
    expect(drill.chat[0]?.message.buttons).toBeUndefined();
  });

  it("leaves no connection, no export and no memory of its broker behind", async () => {
    const drill = aDrillBench();
    await planDrill(drill.deps, mine);
    await drill.tick();
    expect([...drill.deps.providers.keys()]).toContain("drill");
    await drill.renew();
    await drill.tick();
    await confirmVersion(drill.deps, confirm(1));
    await drill.later({ seconds: 1 });
    await drill.deps.records.connections();
    expect([...drill.deps.providers.keys()]).toEqual(["etrade-prod"]);
    expect(await drill.deps.records.connection("drill")).toMatchObject({
      token: null,
      pin: null,
      removedAt: drill.bench.now,
    });
    expect(await drill.newest()).toMatchObject({ brokerState: null, tokenState: null });
    expect(await drill.bench.stores.tokens.latestVersion("drill")).toBeNull();
    expect(drill.bench.exported).toEqual([]);
    expect(drill.bench.provider().calls).toEqual([]);
  });

  it("that nobody answers is missed after a quarter of an hour, and says what never happened", async () => {
    const drill = aDrillBench();
    await planDrill(drill.deps, mine);
    await drill.tick();
    await drill.later({ minutes: 14 });
    expect((await drill.newest()).state).toBe("running");
    await drill.later({ minutes: 1 });
    const ended = await drill.newest();
    expect([ended.state, reportOf(ended).score]).toEqual(["missed", 20]);
    expect(drill.chat[0]?.message.text).toContain("❌ Nobody answered: 20 of 100.\n• Nobody began within 15 minutes.");
  });

  it("without a trading system is confirmed by the built-in consumer after a minute, by a real call", async () => {
    const drill = aDrillBench();
    await planDrill(drill.deps, mine);
    await drill.tick();
    await drill.renew();
    await drill.tick();
    await drill.later({ seconds: 59 });
    expect((await drill.newest()).state).toBe("running");
    await drill.later({ seconds: 1 });
    const ended = await drill.newest();
    expect([ended.state, ended.confirmedBy, reportOf(ended).score]).toEqual(["done", "rehearsal", 90]);
  });

  it("rehearses a second time with the next version, unmoved by what the first left behind", async () => {
    const drill = aDrillBench();
    for (const version of [1, 2]) {
      // oxlint-disable no-await-in-loop -- one drill after the other
      expect((await planDrill(drill.deps, mine)).outcome).toBe("planned");
      await drill.tick();
      expect((await drill.newest()).steps).toMatchObject({ begunAt: null, renewedAt: null, confirmedAt: null });
      expect(await drill.renew()).toBe("stored");
      await drill.tick();
      expect((await drill.newest()).steps.confirmedAt).toBeNull();
      await confirmVersion(drill.deps, confirm(version));
      await drill.later({ seconds: 1 });
      expect((await drill.newest()).state).toBe("done");
      // oxlint-enable no-await-in-loop
      drill.bench.now = drill.bench.now.add({ minutes: 20 });
    }
  });

  it("is one drill for several instances: begun on one, logged in and finished on another", async () => {
    const stores = inMemoryStores([aPerson({ chatId: "7" })]);
    const [first, second] = [aDrillBench([], stores), aDrillBench([], stores)];
    await planDrill(first.deps, mine);
    await first.tick();
    const who = { connectionId: "drill", sessionId: "session-1", personId: "owner" };
    const started = await createStartAuthorization()(first.deps, { ...who, restart: false });
    if (started.outcome === "refused") throw new Error(started.code);
    const verifier = await accept(second.broker, started.pending.authorizeUrl);
    await second.deps.records.connections();
    expect(await completeAuthorization(second.deps, { ...who, answer: { verifier } })).toMatchObject({
      outcome: "stored",
      version: 1,
    });
  });

  it("has no page but that of the drill that runs, under its own address", async () => {
    const drill = aDrillBench();
    const ask = (id: string) => drill.broker.page(id, new Request(`http://localhost/drill/${id}?key=k&token=t`));
    expect(await ask("id-1")).toBeNull();
    await planDrill(drill.deps, mine);
    const { id } = await drill.newest();
    expect((await ask(id))?.status).toBe(410);
    expect(await ask(`${id}x`)).toBeNull();
    await cancelDrill(drill.deps, id, "owner");
    expect(await ask(id)).toBeNull();
  });

  it("shows how each channel did, and what one said against the alert", async () => {
    const drill = aDrillBench();
    drill.bench.outages.send.push(new DeliveryError("Telegram asks to wait."));
    await planDrill(drill.deps, mine);
    await drill.tick();
    await drill.later({ seconds: 40 });
    const { tries, steps } = await drill.newest();
    expect(tries.map(({ channel, failure }) => [channel, failure])).toEqual([
      ["Telegram chat ••", "Telegram asks to wait."],
      ["Telegram chat ••", null],
    ]);
    expect(steps.alertedAt).toEqual(drill.bench.now);
  });

  it("notes “I'm on it” once, for its own person alone", async () => {
    const drill = aDrillBench([aPerson({ chatId: "7" }), aPerson({ id: "ben", name: "Ben" })]);
    await planDrill(drill.deps, mine);
    await drill.later({ seconds: 8 });
    const { id } = await drill.newest();
    expect(await acknowledgeDrill(drill.deps, id, "ben")).toBe(false);
    expect(await acknowledgeDrill(drill.deps, id, "owner")).toBe(true);
    const answered = drill.bench.now;
    await drill.later({ seconds: 5 });
    expect(await acknowledgeDrill(drill.deps, id, "owner")).toBe(true);
    expect((await drill.newest()).steps.acknowledgedAt).toEqual(answered);
    expect(drill.chat[0]?.message.text).toContain("🙋 You are on it.");
    expect((await drill.deps.records.people())[1]?.hold).toBeNull();
  });
});

describe("planned for later", () => {
  it("rings at its time, once", async () => {
    const drill = aDrillBench();
    await planDrill(drill.deps, { personId: "owner", dueAt: evening.add({ hours: 2 }) });
    await drill.later({ minutes: 119 });
    expect(drill.chat).toEqual([]);
    await drill.later({ minutes: 1 });
    await drill.tick();
    expect(drill.chat).toHaveLength(1);
    expect((await drill.newest()).rangAt).toEqual(evening.add({ hours: 2 }));
  });

  it("is called off by itself where a real renewal is needed by then", async () => {
    const drill = aDrillBench();
    await drill.bench.have(aConnection());
    await planDrill(drill.deps, { personId: "owner", dueAt: at("2026-03-11T12:45:00Z") });
    drill.bench.now = at("2026-03-11T12:44:00Z");
    await drill.later({ minutes: 1 });
    const { state, reason } = await drill.newest();
    expect([state, reason]).toEqual(["cancelled", expect.stringContaining("that one is the drill")]);
    expect(drill.chat.map(({ message }) => message.text.includes("DRILL"))).not.toContain(true);
  });

  it("is called off by whose it is and by nobody else", async () => {
    const drill = aDrillBench();
    await planDrill(drill.deps, { personId: "owner", dueAt: evening.add({ hours: 2 }) });
    const { id } = await drill.newest();
    expect(await cancelDrill(drill.deps, id, "ben")).toMatchObject({ code: "unknown-drill" });
    expect(await cancelDrill(drill.deps, id, "owner")).toMatchObject({ outcome: "cancelled" });
    await drill.later({ hours: 3 });
    expect(drill.chat).toEqual([]);
  });
});

describe("refused is a drill", () => {
  it.each([
    ["in the past", evening.subtract({ minutes: 5 }), "drill-time"],
    ["more than a day ahead", evening.add({ hours: 24, seconds: 1 }), "drill-time"],
  ])("%s", async (_case, dueAt, code) => {
    const { deps } = aDrillBench();
    expect(await planDrill(deps, { personId: "owner", dueAt })).toMatchObject({ code });
  });

  it("beside another one, whoever wants it", async () => {
    const { deps } = aDrillBench();
    const both = await Promise.all([planDrill(deps, mine), planDrill(deps, mine)]);
    expect(both.map((each) => (each.outcome === "refused" ? each.code : each.outcome)).toSorted()).toEqual([
      "drill-open",
      "planned",
    ]);
  });

  it("while everything is locked", async () => {
    const { deps } = aDrillBench([aPerson({ lockedAt: evening })]);
    expect(await planDrill(deps, mine)).toMatchObject({ code: "locked" });
  });

  it.each([
    ["2026-03-11T12:14:59Z", "planned"],
    ["2026-03-11T12:15:00Z", "drill-real-need"],
    ["2026-03-11T13:29:59Z", "drill-real-need"],
    ["2026-03-11T13:30:00Z", "planned"],
  ])(
    "on a morning that needs a real renewal, from a drill's length before the first reminder to the open (%s: %s)",
    async (now, said) => {
      const drill = aDrillBench();
      await drill.bench.have(aConnection());
      drill.bench.now = at(now);
      const result = await planDrill(drill.deps, mine);
      expect(result.outcome === "refused" ? result.code : result.outcome).toBe(said);
    },
  );
});

describe("a running drill", () => {
  it("is asked for by no real reminder, and uses up none", async () => {
    const drill = aDrillBench();
    await drill.bench.have(aConnection());
    // After the open: the real connection, dead since midnight, rings; the drill beside it must not be named in that.
    drill.bench.now = at("2026-03-11T13:31:00Z");
    await planDrill(drill.deps, mine);
    await drill.tick();
    const reminders = drill.chat.filter(({ message }) => !message.text.startsWith("🧪"));
    expect(reminders.map(({ message }) => message.text)).toEqual([expect.not.stringContaining("Fire drill")]);
    expect(reminders[0]?.message.text).toContain("E*TRADE production");
  });
});
