import { describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import { handOutToken } from "../../../server/use-cases/hand-out-token.ts";
import { aConnection, at } from "../../support/builders.ts";
import { aWorkbench, prod, type Workbench } from "./workbench.ts";

/** Renewed at 08:30 in New York, asked at 08:40. */
async function tenMinutesLater(): Promise<Workbench> {
  const bench = aWorkbench();
  await bench.have(aConnection());
  bench.now = at("2026-03-10T12:40:00Z");
  return bench;
}

const rejected = failed("token-rejected", 401);

describe("handOutToken", () => {
  it("gives the token in use with the seconds it still lives, without a call", async () => {
    const bench = await tenMinutesLater();
    const given = await handOutToken(bench.deps, prod, 300);
    expect(given).toMatchObject({ outcome: "handed-out", version: 1, expiresAt: at("2026-03-11T04:00:00Z") });
    expect(given.outcome === "handed-out" && given.validForSeconds).toBe((15 * 60 + 20) * 60);
    expect(given.outcome === "handed-out" && given.tokenSet.accessToken.reveal()).toBe("access-v1");
    expect(bench.provider().calls).toEqual([]);
  });

  it("wakes a token that could turn idle within the asked time", async () => {
    const bench = await tenMinutesLater();
    bench.now = at("2026-03-10T13:40:00Z");
    // Idle at 10:30, 50 minutes from now.
    await handOutToken(bench.deps, prod, 50 * 60 - 1);
    expect(bench.provider().calls).toEqual([]);
    expect(await handOutToken(bench.deps, prod, 50 * 60)).toMatchObject({ outcome: "handed-out" });
    expect(bench.provider().calls).toEqual(["listAccounts access-v1"]);
  });

  it("does not call the broker at every asking for more than a call can give", async () => {
    const bench = await tenMinutesLater();
    for (let asked = 0; asked < 3; asked += 1) await handOutToken(bench.deps, prod, 6 * 3600);
    expect(bench.provider().calls).toEqual([]);
  });

  it("refuses a token that does not live long enough", async () => {
    const bench = await tenMinutesLater();
    expect(await handOutToken(bench.deps, prod, 16 * 3600)).toMatchObject({ code: "token-too-short" });
  });

  it("refuses what the broker no longer takes", async () => {
    const bench = await tenMinutesLater();
    bench.now = at("2026-03-10T13:40:00Z");
    bench.provider().next.listAccounts.push(rejected, rejected);
    bench.provider().next.renew.push(rejected);
    expect(await handOutToken(bench.deps, prod, 3 * 3600)).toMatchObject({ code: "no-token" });
  });

  it("asks the broker again after a failed check when the retry table says so, and refuses till then", async () => {
    const bench = await tenMinutesLater();
    const { failure } = failed("maintenance", 503);
    await bench.stores.records.commit({
      connection: { ...(await bench.connection()), lastFailure: { at: bench.now, call: "accounts-list", failure } },
    });
    for (let asked = 0; asked < 3; asked += 1)
      expect(await handOutToken(bench.deps, prod, 0)).toMatchObject({ code: "broker-unavailable" });
    expect(bench.provider().calls).toEqual([]);
    bench.now = bench.now.add({ seconds: 30 });
    expect(await handOutToken(bench.deps, prod, 0)).toMatchObject({ outcome: "handed-out" });
  });

  it("refuses after midnight, before the first renewal, and for a connection nobody knows", async () => {
    const bench = await tenMinutesLater();
    bench.now = at("2026-03-11T04:00:00Z");
    expect(await handOutToken(bench.deps, prod, 0)).toMatchObject({ code: "no-token" });
    expect(await handOutToken(aWorkbench().deps, prod, 0)).toMatchObject({ code: "no-token" });
    expect(await handOutToken(bench.deps, "etrade-9", 0)).toMatchObject({ code: "unknown-connection" });
  });
});
