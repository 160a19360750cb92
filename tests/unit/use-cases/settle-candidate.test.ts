import { describe, expect, it } from "vitest";
import { succeeded } from "../../../server/domain/broker-answer.ts";
import { aConnection } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { anAccount } from "./scripted-provider.ts";
import { acceptAccounts, aTokenSet, aWorkbench, bringCode, eventTypes, pin, prod, startRenewal } from "./workbench.ts";

describe("settleCandidate", () => {
  it("commits nothing while the token store gives back something else than it was given", async () => {
    const stores = inMemoryStores();
    const strange = Promise.resolve(aTokenSet("somebody else's"));
    const bench = aWorkbench({ stores: { ...stores, tokens: { ...stores.tokens, read: () => strange } } });
    await bench.have(aConnection({ pin }));
    const before = await bench.connection();
    await startRenewal(bench.deps);
    await expect(bringCode(bench.deps)).rejects.toThrow("gave back something else");
    expect(await bench.connection()).toEqual(before);
    expect(await eventTypes(bench)).toEqual([]);
  });

  it("has renewed even if the development export can't be written", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin }));
    await startRenewal(bench.deps);
    const full = new Error("no space left");
    const tokenExport = { write: () => Promise.reject(full), remove: () => Promise.reject(full) };
    expect(await bringCode({ ...bench.deps, tokenExport })).toMatchObject({ outcome: "stored", version: 2 });
    expect(bench.logged).toContainEqual({
      level: "error",
      event: "export-failed",
      fields: { connection: prod, error: full },
    });
  });

  it("decides again when the record changed while the token was being stored", async () => {
    const stores = inMemoryStores();
    const put: typeof stores.tokens.put = async (...args) => {
      const version = await stores.tokens.put(...args);
      const current = await stores.records.connection(prod);
      if (current?.consecutiveFailures === 0)
        await stores.records.commit({ connection: { ...current, consecutiveFailures: 2 } });
      return version;
    };
    const bench = aWorkbench({ stores });
    await bench.have(aConnection({ pin }));
    await startRenewal(bench.deps);
    await bringCode({ ...bench.deps, tokens: { ...stores.tokens, put } });
    expect(await bench.connection()).toMatchObject({ token: { version: 2 }, consecutiveFailures: 0, revision: 3 });
    expect(await eventTypes(bench)).toEqual(["token.renewed"]);
  });

  it("tells whoever heard that the checks fail that this is over", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ pin, consecutiveFailures: 3 }));
    await startRenewal(bench.deps);
    await bringCode(bench.deps);
    expect(await eventTypes(bench)).toEqual(["token.renewed", "keepalive.recovered"]);
  });
});

describe("confirmAccounts", () => {
  it("revokes the token and stores nothing when these are not the owner's accounts", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ token: null, lastSuccess: null }));
    await startRenewal(bench.deps);
    await bringCode(bench.deps);
    expect(await acceptAccounts(bench.deps, false)).toEqual({ outcome: "discarded" });
    expect(bench.provider().calls.at(-1)).toBe("revoke access-1");
    expect(await bench.connection()).toMatchObject({ token: null, pin: null });
    expect(await bench.stores.tokens.latestVersion(prod)).toBeNull();
  });

  it("does not let a second first login replace the accounts that were pinned meanwhile", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ token: null, lastSuccess: null }));
    await startRenewal(bench.deps, prod, "a stranger's phone");
    bench.provider().next.listAccounts.push(succeeded([{ ...anAccount, accountId: "99990000" }]));
    await bringCode(bench.deps, "STRNG", prod, "a stranger's phone");
    await startRenewal(bench.deps);
    await bringCode(bench.deps);
    expect(await acceptAccounts(bench.deps)).toMatchObject({ outcome: "stored", version: 1 });

    const { pin: pinned } = await bench.connection();
    expect(await acceptAccounts(bench.deps, true, prod, "a stranger's phone")).toMatchObject({
      code: "account-mismatch",
    });
    expect(await bench.connection()).toMatchObject({ token: { version: 1 }, pin: pinned });
    expect(await bench.stores.tokens.latestVersion(prod)).toBe(1);
  });

  it("takes the word of the session that started the renewal only", async () => {
    const bench = aWorkbench();
    await bench.have(aConnection({ token: null, lastSuccess: null }));
    expect(await acceptAccounts(bench.deps)).toMatchObject({ code: "nothing-to-confirm" });
    await startRenewal(bench.deps);
    await bringCode(bench.deps);
    expect(await acceptAccounts(bench.deps, true, prod, "another phone")).toMatchObject({
      code: "authorization-elsewhere",
    });
    expect(await acceptAccounts(bench.deps)).toMatchObject({ outcome: "stored", version: 1 });
  });
});
