import { beforeEach, describe, expect, it } from "vitest";
import {
  createLink,
  findSession,
  openSession,
  renewSession,
  signOut,
  spendLink,
} from "../../../server/use-cases/sign-in.ts";
import { aPerson } from "../../support/builders.ts";
import { aWorkbench, type Workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = aWorkbench();
});

const link = async () => (await createLink(bench.deps, "owner")).reveal();
const signIn = async () => (await spendLink(bench.deps, await link()))?.secret.reveal() ?? "";
const session = async (cookie: string) => (await findSession(bench.deps, cookie))?.session ?? null;

describe("sign-in", () => {
  it("makes a link a session once, however many devices open it together", async () => {
    const given = await link();
    const sessions = await Promise.all([spendLink(bench.deps, given), spendLink(bench.deps, given)]);
    const won = sessions.filter((each) => each !== null);
    expect(won).toHaveLength(1);
    expect((await findSession(bench.deps, won[0]?.secret.reveal() ?? ""))?.person.name).toBe("Owner");
    expect(await spendLink(bench.deps, given)).toBeNull();
    expect(await bench.stores.records.journal(10)).toMatchObject([
      { kind: "signed-in", text: "Owner signed in with a one-time link.", by: { name: "Owner", door: "link" } },
    ]);
  });

  it("refuses a link after ten minutes, one that was never given, and one of somebody who was removed", async () => {
    const given = await link();
    const later = await link();
    bench.now = bench.now.add({ minutes: 10 });
    expect(await spendLink(bench.deps, given)).toBeNull();
    expect(await spendLink(bench.deps, "guessed")).toBeNull();
    bench.now = bench.now.subtract({ minutes: 10 });
    await bench.deps.records.commit({ person: aPerson({ removedAt: bench.now, revision: 1 }) });
    expect(await spendLink(bench.deps, later)).toBeNull();
    expect(await bench.stores.records.journal(10)).toEqual([]);
  });

  it("keeps a session in use for twelve hours, or until it is signed out", async () => {
    const [phone, laptop] = [await signIn(), await signIn()];
    const signedIn = await findSession(bench.deps, phone);
    if (signedIn !== null) await signOut(bench.deps, signedIn);
    expect(await session(phone)).toBeNull();
    expect(await bench.stores.records.journal(1)).toMatchObject([
      { kind: "signed-out", text: "Owner signed out.", by: { personId: "owner", door: "link" } },
    ]);
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      bench.now = bench.now.add({ minutes: 20 });
      // oxlint-disable-next-line no-await-in-loop -- one look after the other
      expect(await session(laptop)).not.toBeNull();
    }
    bench.now = bench.now.add({ minutes: 20 });
    expect(await session(laptop)).toBeNull();
  });

  it("ends a session half an hour after the last sign of life, which is written down every five minutes", async () => {
    const cookie = await signIn();
    bench.now = bench.now.add({ minutes: 29 });
    expect(await session(cookie)).not.toBeNull();
    bench.now = bench.now.add({ minutes: 34, seconds: 59 });
    expect(await session(cookie)).not.toBeNull();
    bench.now = bench.now.add({ minutes: 35 });
    expect(await session(cookie)).toBeNull();
  });

  it("ends every session from before its person locked everything", async () => {
    const cookie = await signIn();
    bench.now = bench.now.add({ minutes: 1 });
    await bench.deps.records.commit({ person: aPerson({ sessionsEndedAt: bench.now, revision: 1 }) });
    expect(await session(cookie)).toBeNull();
    bench.now = bench.now.add({ seconds: 1 });
    expect(await session(await signIn())).not.toBeNull();
  });

  it("goes on under another secret once a passkey proved who is there, and not under the old one", async () => {
    const cookie = await signIn();
    const before = await session(cookie);
    const proven = before === null ? "" : (await renewSession(bench.deps, before)).reveal();
    expect(await session(cookie)).toBeNull();
    expect(await session(proven)).toMatchObject({ id: before?.id, provenAt: bench.now });
  });

  it("lets who signs in again in the same browser finish what they began there, and nobody else", async () => {
    await bench.deps.records.commit({ person: aPerson({ id: "anna", name: "Anna" }) });
    const before = await findSession(bench.deps, await signIn());
    const again = await spendLink(bench.deps, await link(), before);
    expect((await session(again?.secret.reveal() ?? ""))?.id).toBe(before?.session.id);
    const annas = (await createLink(bench.deps, "anna")).reveal();
    const hers = await spendLink(bench.deps, annas, before);
    expect((await session(hers?.secret.reveal() ?? ""))?.id).not.toBe(before?.session.id);
  });

  it("is good for fifteen minutes where it was handed over for one renewal", async () => {
    const way = { door: "telegram", onlyFor: "etrade-prod", proven: false } as const;
    const cookie = (await openSession(bench.deps, aPerson({ revision: 1 }), way)).reveal();
    bench.now = bench.now.add({ minutes: 15 }).subtract({ seconds: 1 });
    expect(await session(cookie)).toMatchObject({ onlyFor: "etrade-prod" });
    bench.now = bench.now.add({ seconds: 1 });
    expect(await session(cookie)).toBeNull();
  });

  it("goes by the machine's time, whatever a rehearsal does to the clock", async () => {
    const given = await link();
    const rehearsed = { ...bench.deps, clock: () => bench.now.add({ hours: 24 * 365 }) };
    expect(await spendLink(rehearsed, given)).not.toBeNull();
  });
});
