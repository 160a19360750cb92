import { beforeEach, describe, expect, it } from "vitest";
import { isGood } from "../../../server/domain/api-token.ts";
import { makeApiToken, type MakeApiToken } from "../../../server/use-cases/make-api-token.ts";
import { revokeApiToken } from "../../../server/use-cases/revoke-api-token.ts";
import { rotateApiToken, usualOverlap } from "../../../server/use-cases/rotate-api-token.ts";
import { aConnection, anApiToken, aPerson } from "../../support/builders.ts";
import { aWorkbench, prod, type Workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = aWorkbench({ ids: [prod, "etrade-sandbox"] });
  await bench.deps.records.commit({ person: aPerson() });
  await bench.have(aConnection({}));
  await bench.have(aConnection({ id: "etrade-sandbox", ownerId: "second", sharedWith: ["owner"] }));
});

const make = (wish: Partial<MakeApiToken> = {}) =>
  makeApiToken(bench.deps, {
    name: "bot",
    scopes: ["status", "token"],
    connections: null,
    expiresAt: null,
    maker: aPerson(),
    configured: [],
    ...wish,
  });
const concerned = { name: "bot", personId: "owner", configured: [] };
const rotate = (overlap = usualOverlap) => rotateApiToken(bench.deps, { ...concerned, overlap });
const good = async () => (await bench.deps.records.apiTokens()).filter((token) => isGood(token, bench.now));
const secretOf = (result: Awaited<ReturnType<typeof make>>) =>
  result.outcome === "made" ? result.secret.reveal() : result.code;

describe("a program's token", () => {
  it("is shown once and kept as a digest, with a prefix that scanners know", async () => {
    const secret = secretOf(await make({ connections: [prod] }));
    expect(secret).toMatch(/^prebell_/);
    const kept = await bench.deps.records.apiTokens();
    expect(kept).toMatchObject([
      { name: "bot", digest: bench.deps.random.digest(secret), connections: [prod], personId: "owner" },
    ]);
    const [entry] = await bench.deps.records.journal(1);
    expect(entry).toMatchObject({
      kind: "api-token-made",
      connectionId: null,
      text: "A token was made for the program bot (status, token).",
    });
    expect(JSON.stringify([entry, bench.logged])).not.toContain(secret);
  });

  it("has a name of its own among its maker's and the configuration's", async () => {
    await make();
    expect(await make()).toMatchObject({ code: "token-name-taken" });
    expect(await make({ maker: aPerson({ id: "second" }) })).toMatchObject({ outcome: "made" });
    expect(
      await make({ name: "API_TOKEN", configured: [{ ...anApiToken("x", []), name: "API_TOKEN" }] }),
    ).toMatchObject({ code: "token-name-taken" });
  });

  it("can't open more than its maker: not what they do not see, nor another's tokens", async () => {
    const shared = ["etrade-sandbox"];
    expect(await make({ connections: ["etrade-nowhere"] })).toMatchObject({ code: "unknown-connection" });
    expect(await make({ connections: shared })).toMatchObject({ code: "beyond-rights" });
    expect(await make({ connections: shared, scopes: ["status", "keepalive"] })).toMatchObject({ outcome: "made" });
    expect(await make({ maker: aPerson({ id: "stranger" }), connections: [prod] })).toMatchObject({
      code: "unknown-connection",
    });
  });

  it("is replaced without a gap: for a day both are good, then only the new one", async () => {
    const old = secretOf(await make({ connections: [prod] }));
    bench.now = bench.now.add({ hours: 1 });
    const replaced = await rotate();
    expect(replaced).toMatchObject({ outcome: "made", token: { name: "bot", connections: [prod], expiresAt: null } });
    expect(secretOf(replaced)).not.toBe(old);
    bench.now = bench.now.add({ hours: 24 }).subtract({ seconds: 1 });
    expect(await good()).toHaveLength(2);
    bench.now = bench.now.add({ seconds: 1 });
    expect((await good()).map(({ digest }) => digest)).toEqual([bench.deps.random.digest(secretOf(replaced))]);
  });

  it("that was to live for ninety days is replaced by one for ninety days, and itself lives no longer than it would", async () => {
    await make({ expiresAt: bench.now.add({ hours: 24 * 90 }) });
    bench.now = bench.now.add({ hours: 24 * 90 - 1 });
    const replaced = await rotate();
    expect(replaced).toMatchObject({ token: { expiresAt: bench.now.add({ hours: 24 * 90 }) } });
    bench.now = bench.now.add({ hours: 1 });
    expect(await good()).toHaveLength(1);
  });

  it("ends at once when it is revoked, and what it replaced with it", async () => {
    await make();
    await rotate();
    expect(await revokeApiToken(bench.deps, concerned)).toEqual({ outcome: "revoked" });
    expect(await good()).toEqual([]);
    expect((await bench.deps.records.journal(20)).filter(({ kind }) => kind === "api-token-revoked")).toHaveLength(1);
    expect(await revokeApiToken(bench.deps, concerned)).toMatchObject({ code: "unknown-token" });
    expect(await make()).toMatchObject({ outcome: "made" });
  });

  it("of somebody else, or of the configuration, is not changed here", async () => {
    await make();
    expect(await revokeApiToken(bench.deps, { ...concerned, personId: "second" })).toMatchObject({
      code: "unknown-token",
    });
    const configured = [{ ...anApiToken("x", []), name: "watchdog" }];
    expect(await revokeApiToken(bench.deps, { name: "watchdog", personId: "owner", configured })).toMatchObject({
      code: "token-configured",
    });
    expect(await good()).toHaveLength(1);
  });
});
