import { describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import { completeAuthorization } from "../../../server/use-cases/complete-authorization.ts";
import { aConnection } from "../../support/builders.ts";
import { aWorkbench, bringCode, code, noticeKinds, pin, prod, session, startRenewal } from "./workbench.ts";

const pinned = aConnection({ pin });

describe("the code that completeAuthorization is given", () => {
  it("lets three wrong codes pass, counts them down, and then asks for a new link", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    await startRenewal(bench.deps);
    const reject = () => bench.provider().next.exchange.push(failed("token-rejected", 401));
    const triesLeft = async () => {
      reject();
      const result = await bringCode(bench.deps, "WRONG");
      return result.outcome === "refused" ? result.triesLeft : result.outcome;
    };
    expect([await triesLeft(), await triesLeft(), await triesLeft()]).toEqual([2, 1, 0]);
    expect(await bringCode(bench.deps)).toMatchObject({ code: "verifier-rejected", triesLeft: 0 });
    expect(await noticeKinds(bench)).toEqual(["renewal-failed"]);
    expect(bench.provider().calls.filter((call) => call.startsWith("exchange"))).toHaveLength(3);
  });

  it("takes the right code after a wrong one", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    await startRenewal(bench.deps);
    bench.provider().next.exchange.push(failed("token-rejected", 401));
    await bringCode(bench.deps, "WRONG");
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "stored", version: 2 });
  });

  it.each(["server-error", "unreachable", "rate-limited"] as const)(
    "leaves the same code usable after the broker failed the exchange (%s)",
    async (reason) => {
      const bench = aWorkbench();
      await bench.have(pinned);
      await startRenewal(bench.deps);
      bench.provider().next.exchange.push(failed(reason, 500));
      expect(await bringCode(bench.deps)).toMatchObject({ code: "broker-unavailable", reason });
      expect(await bringCode(bench.deps)).toMatchObject({ outcome: "stored", version: 2 });
    },
  );

  it("shows a rejected key as misconfigured and leaves the code usable", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    await startRenewal(bench.deps);
    bench.provider().next.exchange.push(failed("consumer-key-rejected", 401));
    expect(await bringCode(bench.deps)).toMatchObject({ code: "misconfigured", reason: "consumer-key-rejected" });
    expect((await bench.connection()).lastFailure).toMatchObject({ call: "access-token" });
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "stored" });
    expect((await bench.connection()).lastFailure).toBeNull();
  });

  it("tries one code on both links of two tabs, the newest first", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    await startRenewal(bench.deps);
    bench.now = bench.now.add({ seconds: 90 });
    await startRenewal(bench.deps);
    bench.provider().next.exchange.push(failed("token-rejected", 401));
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "stored" });
    expect(bench.provider().calls.filter((call) => call.startsWith("exchange"))).toEqual([
      `exchange request-2 ${code}`,
      `exchange request-1 ${code}`,
    ]);
  });

  it("refuses what can't be a code, what came too late, and what was never asked for", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    expect(await bringCode(bench.deps, "?")).toMatchObject({ code: "verifier-malformed" });
    expect(await bringCode(bench.deps)).toMatchObject({ code: "authorization-missing" });
    await startRenewal(bench.deps);
    expect(await bringCode(bench.deps, code, prod, "another phone")).toMatchObject({ code: "authorization-elsewhere" });
    const answer = { callbackUrl: `https://page/callback/etrade?oauth_verifier=${code}&oauth_token=another` };
    const called = await completeAuthorization(bench.deps, { connectionId: prod, sessionId: session, answer });
    expect(called).toMatchObject({ code: "callback-mismatch" });
    bench.now = bench.now.add({ minutes: 5 });
    expect(await bringCode(bench.deps)).toMatchObject({ code: "authorization-lapsed" });
    expect(await bringCode(bench.deps, code, "etrade-9")).toMatchObject({ code: "unknown-connection" });
    expect(bench.provider().calls).toEqual(["beginAuthorization"]);
  });

  it("answers a second tap on Finish without a second exchange", async () => {
    const bench = aWorkbench();
    await bench.have(pinned);
    await startRenewal(bench.deps);
    const both = await Promise.all([bringCode(bench.deps), bringCode(bench.deps)]);
    expect(both.map((result) => (result.outcome === "refused" ? result.code : result.outcome)).toSorted()).toEqual([
      "stored",
      "verifier-used",
    ]);
    expect(await bringCode(bench.deps)).toMatchObject({ code: "verifier-used" });
    expect(bench.provider().issued()).toBe(1);
  });
});
