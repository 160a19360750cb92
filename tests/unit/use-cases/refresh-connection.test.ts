import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import { newConnection, tokenFacts } from "../../../server/domain/connection.ts";
import { expiresAt } from "../../../server/domain/provider-policy.ts";
import type { TokenStore } from "../../../server/ports.ts";
import type { Dependencies } from "../../../server/use-cases/dependencies.ts";
import { handOutToken } from "../../../server/use-cases/hand-out-token.ts";
import { keepAliveConnection } from "../../../server/use-cases/keep-alive-connection.ts";
import { rollBackToken } from "../../../server/use-cases/roll-back-token.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { settleCandidate } from "../../../server/use-cases/settle-candidate.ts";
import { aPending, at } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { Crash, doomed } from "./crashing.ts";
import { aRotatingSchwab, schwabIdentity } from "./rotating-schwab.ts";
import { aWorkbench, noticeKinds } from "./workbench.ts";

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
  const { renewal } = broker.provider;
  if (renewal.kind !== "refresh") throw new Error("Schwab refreshes.");
  return { bench, broker, deps, token, tokenSet, refresh: renewal.refresh };
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

describe("a refresh in a bad moment", () => {
  it("whose store is away for a moment loses nothing, also where each refresh ends the token before", async () => {
    const { bench, deps } = await aLogin({ rotates: true });
    let away = 2;
    const put: TokenStore["put"] = async (...given) => {
      if (away > 0) {
        away -= 1;
        throw new Error("The store is away.");
      }
      return deps.tokens.put(...given);
    };
    bench.now = nine.add({ minutes: 26 });
    const shaky = { ...deps, tokens: { ...deps.tokens, put } };
    expect(await keepAliveConnection(shaky, id, { force: false })).toBe("refreshed");
    expect((await bench.connection(id)).ended).toBeNull();
  });

  it("that a later login overtook changes nothing of it", async () => {
    const { bench, broker, deps, token } = await aLogin({ rotates: false });
    bench.now = nine.add({ minutes: 26 });
    const put: TokenStore["put"] = async (...given) => {
      const version = await deps.tokens.put(...given);
      // Stalled past its lease: meanwhile another process stores a login made later.
      const later = broker.login();
      const newer = await deps.tokens.put(id, later);
      const connection = await bench.connection(id);
      await deps.records.commit({
        connection: { ...connection, token: tokenFacts(newer, later, bench.now, bench.now) },
      });
      return version;
    };
    await keepAliveConnection({ ...deps, tokens: { ...deps.tokens, put } }, id, { force: false });
    expect(await token()).toMatchObject({ version: 3, issuedAt: bench.now });
  });

  it("left behind long ago by a process that died is gone on with by its refresh token", async () => {
    const { bench, deps, token, tokenSet, refresh } = await aLogin({ rotates: true });
    bench.now = nine.add({ minutes: 26 });
    const issued = await refresh(tokenSet);
    if (issued.ok) await deps.tokens.put(id, { ...tokenSet, ...issued.value });
    bench.now = nine.add({ minutes: 70 });
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("refreshed");
    expect(await token()).toMatchObject({ version: 3 });
  });

  it("while the account list is away warns once, and not with every refresh", async () => {
    const { bench, broker, deps } = await aLogin();
    broker.apiIs(failed("maintenance", 503));
    for (let minute = 25; minute < 300; minute += 1) {
      bench.now = nine.add({ minutes: minute });
      // oxlint-disable-next-line no-await-in-loop -- minute after minute
      await keepAliveConnection(deps, id, { force: false });
    }
    expect(await noticeKinds(bench)).toEqual(["keepalive-failing"]);
  });

  it("whose proof failed is proven anew for the next program that asks", async () => {
    const { bench, broker, deps } = await aLogin();
    bench.now = nine.add({ minutes: 26 });
    broker.apiIs(failed("maintenance", 503));
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("failed");
    broker.apiIs(null);
    bench.now = bench.now.add({ minutes: 3 });
    expect(await handOutToken(deps, id, 60)).toMatchObject({ outcome: "handed-out" });
  });

  it("is not made while a newer login is being proven: its refusal would only say that there is one", async () => {
    const { bench, broker, deps } = await aLogin();
    const candidate = { ...broker.login(), verifiedAt: null };
    await deps.records.commit({ pending: aPending({ connectionId: id, stage: "verifying", candidate }) });
    bench.now = nine.add({ minutes: 26 });
    expect(await keepAliveConnection(deps, id, { force: false })).toBe("busy");
    expect((await bench.connection(id)).ended).toBeNull();
  });
});

describe("a login whose first access token lapsed before the broker answered the proof", () => {
  it("is refreshed and stored, not thrown away", async () => {
    const { bench, broker, deps } = await aLogin();
    const candidate = { ...broker.login(), verifiedAt: null };
    bench.now = nine.add({ minutes: 35 });
    const pending = aPending({ connectionId: id, stage: "verifying", candidate });
    const settled = await settleCandidate(deps, broker.provider, pending, candidate);
    expect(settled).toMatchObject({ outcome: "confirm-accounts" });
  });
});

describe("going back to the version before", () => {
  it("is refused where that is the same login before its refresh", async () => {
    const { bench, deps } = await aLogin({ rotates: true });
    bench.now = nine.add({ minutes: 26 });
    await keepAliveConnection(deps, id, { force: false });
    expect(await rollBackToken(deps, id)).toMatchObject({ code: "no-previous-version" });
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

  it("for more than half its life bring no new one each time", async () => {
    const { bench, broker, deps } = await aLogin();
    for (let minute = 0; minute < 60; minute += 1) {
      bench.now = nine.add({ minutes: minute });
      // oxlint-disable-next-line no-await-in-loop -- minute after minute
      await handOutToken(deps, id, 1750);
    }
    expect(broker.refreshes()).toBeLessThanOrEqual(4);
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
  const { records, outbox, tokens, brokerKeys, leases, sessions } = deps;
  const process = doomed({ records, outbox, tokens, brokerKeys, leases, sessions }, death);
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
