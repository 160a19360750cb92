import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import { newConnection, tokenFacts } from "../../../server/domain/connection.ts";
import { expiresAt } from "../../../server/domain/provider-policy.ts";
import type { Dependencies } from "../../../server/use-cases/dependencies.ts";
import { handOutToken } from "../../../server/use-cases/hand-out-token.ts";
import { keepAliveConnection } from "../../../server/use-cases/keep-alive-connection.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { at } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { Crash, doomed } from "./crashing.ts";
import { aRotatingSchwab, schwabIdentity } from "./rotating-schwab.ts";
import { aWorkbench } from "./workbench.ts";

const id = schwabIdentity.id;
/** Tuesday 10 March 2026, 09:00 in New York; the market opens at 09:30. */
const nine = at("2026-03-10T13:00:00Z");

async function aLogin(options: { rotates?: boolean } = {}) {
  const bench = aWorkbench({ ids: [], stores: inMemoryStores() });
  bench.now = nine;
  const broker = aRotatingSchwab(() => bench.now, options.rotates);
  const deps: Dependencies = { ...bench.deps, providers: new Map([[id, broker.provider]]) };
  const tokenSet = broker.login();
  const version = await deps.tokens.put(id, tokenSet);
  await deps.records.commit({
    connection: {
      ...newConnection(schwabIdentity),
      token: tokenFacts(version, tokenSet, bench.now, bench.now),
      lastSuccess: { at: bench.now, call: "accounts-list" },
    },
  });
  const token = async () => (await bench.connection(id)).token;
  return { bench, broker, deps, token };
}

describe("an access token that lapses", () => {
  it("is refreshed five minutes before, in market hours; the login's end stays where it was", async () => {
    const { bench, broker, deps, token } = await aLogin();
    const before = await token();
    bench.now = nine.add({ minutes: 24 });
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("not-due");
    bench.now = nine.add({ minutes: 25 });
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("refreshed");
    expect(broker.refreshes()).toBe(1);
    expect(await token()).toMatchObject({ version: 2, issuedAt: before?.issuedAt });
    expect((await token())?.accessExpiresAt).toEqual(bench.now.add({ minutes: 30 }));
    expect((await deps.tokens.read(id, 2))?.refreshToken?.reveal()).toBe("refresh-2");
  });

  it("waits for the next open where it lapses after the close, and is fresh ten minutes before it", async () => {
    const { bench, deps, token } = await aLogin();
    bench.now = at("2026-03-10T19:59:00Z");
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("refreshed");
    bench.now = at("2026-03-11T13:19:59Z");
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("not-due");
    bench.now = at("2026-03-11T13:20:00Z");
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("refreshed");
    expect((await token())?.version).toBe(3);
  });

  it("announces each refresh with its version, and none as a login", async () => {
    const { bench, deps } = await aLogin();
    bench.now = nine.add({ minutes: 25 });
    await runTick(deps);
    expect(bench.published.map(({ type, secretVersion }) => [type, secretVersion])).toEqual([["token.refreshed", 2]]);
    expect(bench.published[0]?.expiresAt).toEqual(nine.add({ hours: 168 }));
  });

  it("that the broker ended early is refreshed at once, and the call repeated", async () => {
    const { broker, deps, token } = await aLogin();
    broker.lapse();
    expect(await keepAliveConnection(deps, id, { force: true })).toBe("refreshed");
    expect((await token())?.version).toBe(2);
  });
});

describe("a refresh", () => {
  it("that the broker does not answer keeps what is there, and is tried again", async () => {
    const { bench, broker, deps, token } = await aLogin();
    broker.next.push(failed("server-error", 500), failed("rate-limited", 429));
    bench.now = nine.add({ minutes: 25 });
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("failed");
    expect(await token()).toMatchObject({ version: 1 });
    bench.now = bench.now.add({ seconds: 30 });
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("failed");
    bench.now = bench.now.add({ minutes: 5 });
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("refreshed");
  });

  it("that the broker refuses for good ends the connection, and the person hears of it", async () => {
    const { bench, broker, deps } = await aLogin();
    broker.end();
    bench.now = nine.add({ minutes: 25 });
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("ended");
    expect((await bench.connection(id)).ended?.reason).toBe("rejected");
  });
});

describe("fifty programs that ask for the token at once", () => {
  it("all get the same fresh one, for one refresh", async () => {
    const { bench, broker, deps } = await aLogin();
    bench.now = nine.add({ hours: 5 });
    const given = await Promise.all(Array.from({ length: 50 }, () => handOutToken(deps, id, 900)));
    expect(broker.refreshes()).toBe(1);
    expect(broker.mostAtOnce()).toBe(1);
    expect(
      new Set(given.map((each) => (each.outcome === "refused" ? each.code : each.tokenSet.accessToken.reveal()))),
    ).toEqual(new Set(["access-2"]));
  });

  it("get what is good for as long as they ask, or are told that it can't be", async () => {
    const { bench, deps } = await aLogin();
    bench.now = nine.add({ minutes: 20 });
    const short = await handOutToken(deps, id, 300);
    expect(short).toMatchObject({ version: 1, validForSeconds: 600 });
    expect(await handOutToken(deps, id, 1500)).toMatchObject({ version: 2, validForSeconds: 1800 });
    expect(await handOutToken(deps, id, 3600)).toMatchObject({ outcome: "refused", code: "token-too-short" });
  });
});

describe("over a week of refreshes, crashes and clock jumps", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("wait" as const), minutes: fc.integer({ min: 1, max: 900 }) }),
    fc.record({ kind: fc.constant("tick" as const) }),
    fc.record({ kind: fc.constant("ask" as const), seconds: fc.integer({ min: 0, max: 1700 }) }),
    fc.record({
      kind: fc.constant("crash" as const),
      call: fc.integer({ min: 1, max: 14 }),
      when: fc.constantFrom("before" as const, "after" as const),
    }),
    fc.record({ kind: fc.constant("silence" as const) }),
  );

  it("the login's end never moves, no refresh token is lost that was stored, and no two refreshes meet", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, rotates) => {
        const { bench, broker, deps } = await aLogin({ rotates });
        const end = expiresAt(broker.provider.policy, nine);
        let lost = false;
        for (const each of steps) {
          if (each.kind === "wait") bench.now = bench.now.add({ minutes: each.minutes });
          // An answer lost on its way takes a rotated refresh token with it; nobody can bring that back.
          else if (each.kind === "silence") broker.next.push(failed("timed-out"));
          else if (each.kind === "tick") await runTick(deps);
          else if (each.kind === "ask")
            await Promise.all([handOutToken(deps, id, each.seconds), handOutToken(deps, id, each.seconds)]);
          else {
            lost = (await crashIn(deps, broker, each)) || lost;
            // A dead holder's lease lapses.
            bench.now = bench.now.add({ minutes: 3 });
          }
          const { token, ended } = await bench.connection(id);
          expect(token === null ? null : expiresAt(broker.provider.policy, token.issuedAt)).toEqual(end);
          // While the login lives it can be refreshed, unless the process died with the only answer in its hands.
          if (Temporal.Instant.compare(bench.now, end) < 0 && !(rotates && lost)) expect(ended).toBeNull();
        }
        expect(broker.mostAtOnce()).toBeLessThanOrEqual(1);
      }),
      { numRuns: 150 },
    );
  });
});

/** A forced check in a process that dies there; the next waits for its lease to lapse. Whether an answer died with it. */
async function crashIn(
  deps: Dependencies,
  broker: ReturnType<typeof aRotatingSchwab>,
  death: { readonly call: number; readonly when: "before" | "after" },
): Promise<boolean> {
  const { records, outbox, tokens, leases, sessions } = deps;
  const process = doomed({ records, outbox, tokens, leases, sessions }, death);
  const [refreshes, version] = [broker.refreshes(), await tokens.latestVersion(id)];
  const providers = new Map([[id, process.mortal(broker.provider)]]);
  await keepAliveConnection({ ...deps, ...process.stores, providers }, id, {
    force: true,
    freshFor: Temporal.Duration.from({ minutes: 29 }),
  }).catch((error: unknown) => {
    if (!(error instanceof Crash)) throw error;
  });
  return broker.refreshes() > refreshes && (await tokens.latestVersion(id)) === version;
}
