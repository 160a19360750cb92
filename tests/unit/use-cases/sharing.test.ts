import { beforeEach, describe, expect, it } from "vitest";
import { giveConnection } from "../../../server/use-cases/give-connection.ts";
import { shareConnection } from "../../../server/use-cases/share-connection.ts";
import { unshareConnection } from "../../../server/use-cases/unshare-connection.ts";
import { aConnection, aPerson } from "../../support/builders.ts";
import {
  aWorkbench,
  acceptAccounts,
  bringCode,
  pin,
  prod,
  session,
  startRenewal,
  type Workbench,
} from "./workbench.ts";
import { completeAuthorization } from "../../../server/use-cases/complete-authorization.ts";
import { confirmAccounts } from "../../../server/use-cases/confirm-accounts.ts";
import { createStartAuthorization } from "../../../server/use-cases/start-authorization.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = aWorkbench();
  await bench.deps.records.commit({ person: aPerson() });
  await bench.deps.records.commit({ person: aPerson({ id: "anna", name: "Anna", role: "renewer" }) });
  await bench.deps.records.commit({ person: aPerson({ id: "vera", name: "Vera", role: "viewer" }) });
  await bench.deps.records.commit({ person: aPerson({ id: "second", name: "Second" }) });
  await bench.have(aConnection({ pin }));
});

const journalled = async () => (await bench.deps.records.journal(20)).map(({ text }) => text);

const lock = (id: string) =>
  bench.deps.records.commit({ person: aPerson({ id, name: id, revision: 1, lockedAt: bench.now }) });
const start = (personId?: string | null) =>
  createStartAuthorization()(bench.deps, {
    connectionId: prod,
    sessionId: session,
    restart: false,
    ...(personId === undefined ? {} : { personId }),
  });

describe("a connection", () => {
  it("is shared once with each, and the journal says what that lets them do", async () => {
    for (const person of ["anna", "vera", "anna"])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await shareConnection(bench.deps, prod, person)).toEqual({ outcome: "shared" });
    expect((await bench.connection()).sharedWith).toEqual(["anna", "vera"]);
    expect(await journalled()).toEqual([
      "E*TRADE production: shared with Vera, who may look at it.",
      "E*TRADE production: shared with Anna, who may look at it and renew it.",
    ]);
  });

  it("is taken back, also from somebody who was removed meanwhile", async () => {
    await shareConnection(bench.deps, prod, "anna");
    await bench.deps.records.commit({
      person: aPerson({ id: "anna", name: "Anna", revision: 1, removedAt: bench.now }),
    });
    expect(await unshareConnection(bench.deps, prod, "anna")).toEqual({ outcome: "unshared" });
    expect((await bench.connection()).sharedWith).toEqual([]);
    expect((await journalled())[0]).toBe("E*TRADE production: no longer shared with Anna.");
  });

  it("is not shared with its owner, with nobody, or with who was removed", async () => {
    expect(await shareConnection(bench.deps, prod, "owner")).toMatchObject({ code: "owned-already" });
    expect(await shareConnection(bench.deps, prod, "nobody")).toMatchObject({ code: "unknown-person" });
    expect(await shareConnection(bench.deps, "etrade-nowhere", "anna")).toMatchObject({ code: "unknown-connection" });
    expect(await unshareConnection(bench.deps, prod, "nobody")).toMatchObject({ code: "unknown-person" });
  });

  it("is given to another owner, and to nobody else", async () => {
    await shareConnection(bench.deps, prod, "second");
    expect(await giveConnection(bench.deps, prod, "anna")).toMatchObject({ code: "not-an-owner" });
    expect(await giveConnection(bench.deps, prod, "owner")).toMatchObject({ code: "owned-already" });
    expect(await giveConnection(bench.deps, prod, "second")).toEqual({ outcome: "given" });
    expect(await bench.connection()).toMatchObject({ ownerId: "second", sharedWith: [], pin, token: { version: 1 } });
  });
});

describe("a renewal", () => {
  it.each([
    ["its owner is locked", "owner", "anna"],
    ["its owner is locked and nobody in particular asks", "owner", undefined],
    ["who asks is locked", "anna", "anna"],
  ])("is refused before the broker hears of it while %s", async (_what, locked, personId) => {
    await lock(locked);
    expect(await start(personId)).toMatchObject({ outcome: "refused", code: "locked" });
    expect(bench.provider().calls).toEqual([]);
  });

  it("is possible at the terminal, and while somebody else is locked", async () => {
    await lock("owner");
    expect(await start(null)).toMatchObject({ outcome: "started" });
    await bench.deps.records.commit({ person: aPerson({ revision: 2 }) });
    await lock("vera");
    expect(await start("anna")).toMatchObject({ outcome: "started" });
  });

  it("that was begun before a lock is not completed after it, and its code is not spent", async () => {
    await startRenewal(bench.deps);
    await lock("owner");
    const request = { connectionId: prod, sessionId: session, personId: "owner", answer: { verifier: "MX9ES" } };
    expect(await completeAuthorization(bench.deps, request)).toMatchObject({ code: "locked" });
    expect(bench.provider().calls).toEqual(["beginAuthorization"]);
    await bench.deps.records.commit({ person: aPerson({ revision: 2 }) });
    expect(await completeAuthorization(bench.deps, request)).toMatchObject({ outcome: "stored", version: 2 });
  });

  it("whose accounts wait to be confirmed is turned away under a lock, and not accepted", async () => {
    await bench.stores.records.commit({ connection: { ...(await bench.connection()), pin: null } });
    await startRenewal(bench.deps);
    expect(await bringCode(bench.deps)).toMatchObject({ outcome: "confirm-accounts" });
    await lock("owner");
    const request = { connectionId: prod, sessionId: session, personId: "owner" };
    expect(await confirmAccounts(bench.deps, { ...request, accept: true })).toMatchObject({ code: "locked" });
    expect(await acceptAccounts(bench.deps, false)).toEqual({ outcome: "discarded" });
  });

  it("is its owner's as long as no accounts are pinned", async () => {
    await bench.stores.records.commit({ connection: { ...(await bench.connection()), pin: null } });
    expect(await start("anna")).toMatchObject({ code: "owner-first" });
    expect(bench.provider().calls).toEqual([]);
    expect(await start("owner")).toMatchObject({ outcome: "started" });
  });
});
