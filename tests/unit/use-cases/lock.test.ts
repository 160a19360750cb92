import { beforeEach, describe, expect, it } from "vitest";
import { actingAs } from "../../../server/use-cases/acting-as.ts";
import { cancelAuthorization } from "../../../server/use-cases/cancel-authorization.ts";
import { completeAuthorization } from "../../../server/use-cases/complete-authorization.ts";
import { keepAliveConnection } from "../../../server/use-cases/keep-alive-connection.ts";
import { lockPerson } from "../../../server/use-cases/lock.ts";
import { findSession, openSession } from "../../../server/use-cases/sign-in.ts";
import { createStartAuthorization } from "../../../server/use-cases/start-authorization.ts";
import { aConnection, aPerson } from "../../support/builders.ts";
import {
  acceptAccounts,
  aWorkbench,
  bringCode,
  code,
  prod,
  session,
  startRenewal,
  type Workbench,
} from "./workbench.ts";

let bench: Workbench;
const byChat = { personId: "owner", name: "Owner", door: "chat" } as const;
const refused = { outcome: "refused", code: "locked" };

beforeEach(async () => {
  bench = aWorkbench();
  await bench.have(aConnection());
});

describe("/lock", () => {
  it("ends every session of that person and nobody else's, and is written down", async () => {
    const anna = aPerson({ id: "anna", name: "Anna" });
    await bench.deps.records.commit({ person: anna });
    const way = { door: "link", onlyFor: null, proven: false } as const;
    const [own, others] = [await openSession(bench.deps, aPerson(), way), await openSession(bench.deps, anna, way)];
    await lockPerson(actingAs(bench.deps, byChat), "owner");
    expect(await findSession(bench.deps, own.reveal())).toBeNull();
    expect(await findSession(bench.deps, others.reveal())).not.toBeNull();
    expect((await bench.stores.records.journal(1))[0]).toMatchObject({ kind: "locked", by: byChat });
  });

  it("refuses to start, to bring the code and to confirm, and touches nothing", async () => {
    await startRenewal(bench.deps);
    await lockPerson(bench.deps, "owner");
    expect(await startRenewal(bench.deps)).toMatchObject(refused);
    expect(await bringCode(bench.deps)).toMatchObject(refused);
    expect(await acceptAccounts(bench.deps)).toMatchObject(refused);
    expect((await bench.connection()).token?.version).toBe(1);
    expect(bench.provider().calls.filter((call) => call === "exchange")).toEqual([]);
  });

  it("refuses whoever locked, also for what is another's, and whoever renews what the locker owns", async () => {
    await bench.deps.records.commit({ person: aPerson({ id: "anna", name: "Anna", role: "renewer" }) });
    await bench.deps.records.commit({ connection: { ...(await bench.connection()), sharedWith: ["anna"] } });
    const start = (personId: string) =>
      createStartAuthorization()(bench.deps, { connectionId: prod, sessionId: personId, personId, restart: false });
    await lockPerson(bench.deps, "anna");
    expect(await start("anna")).toMatchObject(refused);
    expect(await start("owner")).toMatchObject({ outcome: "started" });
    expect(
      await completeAuthorization(bench.deps, {
        connectionId: prod,
        sessionId: "anna",
        personId: "anna",
        answer: { verifier: code },
      }),
    ).toMatchObject(refused);
    await lockPerson(bench.deps, "owner");
    expect(await start("owner")).toMatchObject(refused);
  });

  it("leaves alone what keeps a token alive, and lets a renewal be given up", async () => {
    await startRenewal(bench.deps);
    await lockPerson(bench.deps, "owner");
    expect(await keepAliveConnection(bench.deps, prod, { force: true })).toBe("ok");
    expect(await cancelAuthorization(bench.deps, { connectionId: prod, sessionId: session })).toEqual({
      outcome: "cancelled",
    });
  });

  it("again ends what began since, and stays locked since the first time", async () => {
    await lockPerson(bench.deps, "owner");
    const lockedAt = bench.now;
    bench.now = bench.now.add({ minutes: 1 });
    await lockPerson(bench.deps, "owner");
    expect(await bench.deps.records.people()).toMatchObject([{ lockedAt, sessionsEndedAt: bench.now }]);
    await lockPerson(bench.deps, "nobody");
  });
});
