import { describe, expect, it } from "vitest";
import type { Dependencies } from "../../../server/use-cases/dependencies.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { aConnection } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { Crash, type DeathPoint, doomed } from "./crashing.ts";
import { acceptAccounts, aWorkbench, bringCode, pin, prod, startRenewal, type Workbench } from "./workbench.ts";

/** From the tap to the told event, as one process does it. */
async function renew(deps: Dependencies): Promise<void> {
  await startRenewal(deps);
  const result = await bringCode(deps);
  if (result.outcome === "confirm-accounts") await acceptAccounts(deps);
  await runTick(deps);
}

interface Case {
  readonly name: string;
  readonly versionBefore: number;
  readonly prepare: (bench: Workbench) => Promise<void>;
}

const cases: readonly Case[] = [
  {
    name: "a first renewal",
    versionBefore: 0,
    prepare: (bench) => bench.have(aConnection({ token: null, lastSuccess: null })),
  },
  { name: "a later renewal", versionBefore: 1, prepare: (bench) => bench.have(aConnection({ pin })) },
];

/** Renews in a process that dies at `death`; the next one over the same records begins with a tick. `calls`: those of the first. */
async function dieAndRestart({ prepare }: Case, death: DeathPoint | null) {
  const stores = inMemoryStores();
  const bench = aWorkbench({ stores });
  await prepare(bench);
  const process = doomed(stores, death);
  const providers = new Map([[prod, process.mortal(bench.provider())]]);
  await renew({ ...bench.deps, ...process.stores, providers }).catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error;
  });
  // A dead holder's lease lapses.
  bench.now = bench.now.add({ minutes: 3 });
  await runTick(bench.deps);
  return { bench, calls: process.calls() };
}

async function deathsOf(each: Case): Promise<readonly [string, DeathPoint][]> {
  const { calls } = await dieAndRestart(each, null);
  return Array.from({ length: calls }, (_, index) =>
    (["before", "after"] as const).map((when): [string, DeathPoint] => [
      `${when} call ${index + 1} of ${calls}`,
      { call: index + 1, when },
    ]),
  ).flat();
}

for (const each of cases) {
  // oxlint-disable-next-line no-await-in-loop -- finds out where there is to die
  const deaths = await deathsOf(each);

  describe(`${each.name} whose process dies`, () => {
    it.each(deaths)("leaves the old or the new token in use, never a mixture, when it dies %s", async (_, death) => {
      const { bench } = await dieAndRestart(each, death);
      const { token } = await bench.connection();
      const version = token?.version ?? 0;
      expect([each.versionBefore, each.versionBefore + 1]).toContain(version);
      const isRenewed = version > each.versionBefore;
      const names = isRenewed ? "access-1" : "access-v1";
      const stored = await bench.stores.tokens.read(prod, version);
      expect(stored?.accessToken.reveal()).toBe(version === 0 ? undefined : names);
      expect(await renewedVersions(bench)).toEqual(isRenewed ? [version] : []);
      expect((await bench.stores.outbox.eventBacklog()).count).toBe(0);
    });

    it.each(deaths)("is finished by the next process, stored and told once, when it dies %s", async (_, death) => {
      const { bench } = await dieAndRestart(each, death);
      // What the person sees then: accounts to confirm, a code to bring again, or a renewal to start anew.
      if ((await bench.connection()).token?.version !== each.versionBefore + 1) {
        const confirmed = await acceptAccounts(bench.deps);
        const brought = confirmed.outcome === "refused" ? await bringCode(bench.deps) : confirmed;
        if (brought.outcome === "refused") {
          bench.now = bench.now.add({ minutes: 10 });
          await renew(bench.deps);
        } else if (brought.outcome === "confirm-accounts") await acceptAccounts(bench.deps);
      }
      await runTick(bench.deps);
      bench.now = bench.now.add({ minutes: 2 });
      await runTick(bench.deps);

      const version = each.versionBefore + 1;
      expect((await bench.connection()).token).toMatchObject({ version });
      expect(await bench.stores.tokens.latestVersion(prod)).toBe(version);
      const stored = await bench.stores.tokens.read(prod, version);
      expect(stored?.accessToken.reveal()).toBe(`access-${bench.provider().issued()}`);
      expect(await renewedVersions(bench)).toEqual([version]);
      const published = new Map(bench.published.map((event) => [event.id, event.sequence]));
      expect([...published.values()]).toEqual([...published.keys()].map((_id, index) => index + 1));
      expect(bench.sent.filter((notice) => notice.kind === "renewed").length).toBeGreaterThan(0);
    });
  });
}

async function renewedVersions({ stores }: Workbench): Promise<readonly (number | null)[]> {
  const events = await stores.outbox.eventsAfter(0, 1000);
  return events.filter((event) => event.type === "token.renewed").map((event) => event.secretVersion);
}
