import { describe, expect, it } from "vitest";
import { createHandoff, findSession, signOut, spendHandoff } from "../../../server/use-cases/sign-in.ts";
import { aWorkbench } from "./workbench.ts";

describe("sign-in", () => {
  it("makes a link a session once, however many devices open it together", async () => {
    const { deps } = aWorkbench();
    const link = (await createHandoff(deps)).reveal();
    const sessions = await Promise.all([spendHandoff(deps, link), spendHandoff(deps, link)]);
    const won = sessions.filter((each) => each !== null);
    expect(won).toHaveLength(1);
    expect(await findSession(deps, won[0]?.reveal() ?? "")).toBe(`digest(${won[0]?.reveal()})`);
    expect(await spendHandoff(deps, link)).toBeNull();
  });

  it("refuses a link after ten minutes, and one that was never given", async () => {
    const bench = aWorkbench();
    const link = (await createHandoff(bench.deps)).reveal();
    bench.now = bench.now.add({ minutes: 10 });
    expect(await spendHandoff(bench.deps, link)).toBeNull();
    expect(await spendHandoff(bench.deps, "guessed")).toBeNull();
    expect(await bench.stores.records.journal(10)).toEqual([]);
  });

  it("keeps a session for thirty days, or until it is signed out", async () => {
    const bench = aWorkbench();
    const signIn = async () =>
      (await spendHandoff(bench.deps, (await createHandoff(bench.deps)).reveal()))?.reveal() ?? "";
    const [phone, laptop] = [await signIn(), await signIn()];
    await signOut(bench.deps, (await findSession(bench.deps, phone)) ?? "");
    expect(await findSession(bench.deps, phone)).toBeNull();
    bench.now = bench.now.add({ hours: 24 * 30 }).subtract({ seconds: 1 });
    expect(await findSession(bench.deps, laptop)).not.toBeNull();
    bench.now = bench.now.add({ seconds: 1 });
    expect(await findSession(bench.deps, laptop)).toBeNull();
  });

  it("goes by the machine's time, whatever a rehearsal does to the clock", async () => {
    const bench = aWorkbench();
    const link = (await createHandoff(bench.deps)).reveal();
    const rehearsed = { ...bench.deps, clock: () => bench.now.add({ hours: 24 * 365 }) };
    expect(await spendHandoff(rehearsed, link)).not.toBeNull();
  });
});
