import { beforeEach, describe, expect, it } from "vitest";
import { type Role, roles } from "../../../server/domain/person.ts";
import { acceptInvitation } from "../../../server/use-cases/accept-invitation.ts";
import { changeRole } from "../../../server/use-cases/change-role.ts";
import { endSessions } from "../../../server/use-cases/end-sessions.ts";
import { invitePerson } from "../../../server/use-cases/invite-person.ts";
import { removePerson } from "../../../server/use-cases/remove-person.ts";
import { renamePerson } from "../../../server/use-cases/rename-person.ts";
import { findSession, openSession } from "../../../server/use-cases/sign-in.ts";
import { unlockPerson } from "../../../server/use-cases/unlock-person.ts";
import { aConnection, anApiToken, aPerson, aSession } from "../../support/builders.ts";
import { aWorkbench, prod, type Workbench } from "./workbench.ts";

let bench: Workbench;
beforeEach(async () => {
  bench = aWorkbench();
  await bench.deps.records.commit({ person: aPerson() });
});

const max = aPerson({ revision: 1 });
const have = (id: string, role: Role, name = id) => bench.deps.records.commit({ person: aPerson({ id, name, role }) });
const person = async (id: string) => (await bench.deps.records.people()).find((each) => each.id === id);
const journalled = async () => (await bench.deps.records.journal(20)).map(({ text }) => text);

async function invitation(name: string, role: Role, by: typeof max | null = max): Promise<string> {
  const result = await invitePerson(bench.deps, { name, role, by });
  if (result.outcome === "refused") throw new Error(result.code);
  return result.token.reveal();
}

describe("an invitation", () => {
  it("makes a person of whoever accepts it, once, and signs them in", async () => {
    const token = await invitation("Anna", "renewer");
    const accepted = await Promise.all([acceptInvitation(bench.deps, token), acceptInvitation(bench.deps, token)]);
    const [anna, ...more] = accepted.filter((each) => each !== null);
    expect(more).toEqual([]);
    expect(anna?.person).toMatchObject({ name: "Anna", role: "renewer", passkeys: [] });
    const found = await findSession(bench.deps, anna?.secret.reveal() ?? "");
    expect(found).toMatchObject({ person: { name: "Anna" }, session: { door: "link", onlyFor: null, provenAt: null } });
    expect(await journalled()).toEqual([
      "Anna signed in with a one-time link.",
      "Anna accepted the invitation and is renewer now.",
      "Anna was invited as renewer.",
    ]);
  });

  it.each([
    ["owner", 10],
    ["renewer", 60],
    ["viewer", 60],
  ] as const)("to be %s is good for %i minutes", async (role, minutes) => {
    const [early, late] = [await invitation("Early", role), await invitation("Late", role)];
    bench.now = bench.now.add({ minutes }).subtract({ seconds: 1 });
    expect(await acceptInvitation(bench.deps, early)).not.toBeNull();
    bench.now = bench.now.add({ seconds: 1 });
    expect(await acceptInvitation(bench.deps, late)).toBeNull();
  });

  it("is void once its giver is no owner any more", async () => {
    await have("second", "owner");
    const second = await person("second");
    const [byOwner, byNobody] = [await invitation("A", "viewer", second), await invitation("B", "viewer", second)];
    await changeRole(bench.deps, { personId: "second", role: "viewer", by: max });
    expect(await acceptInvitation(bench.deps, byOwner)).toBeNull();
    await changeRole(bench.deps, { personId: "second", role: "owner", by: max });
    await removePerson(bench.deps, "second", max);
    expect(await acceptInvitation(bench.deps, byNobody)).toBeNull();
    expect(await acceptInvitation(bench.deps, await invitation("C", "viewer", null))).not.toBeNull();
  });

  it("goes to a name that is free, and calls the second of one name otherwise", async () => {
    expect(await invitePerson(bench.deps, { name: "OWNER", role: "viewer", by: max })).toMatchObject({
      code: "name-taken",
    });
    const [one, two] = [await invitation("Anna", "viewer"), await invitation("Anna", "viewer")];
    const names = [await acceptInvitation(bench.deps, one), await acceptInvitation(bench.deps, two)];
    expect(names.map((each) => each?.person.name)).toEqual(["Anna", "Anna 2"]);
  });
});

describe("a role", () => {
  it.each(roles)("becomes %s, and the journal says so", async (role) => {
    await have("anna", role === "viewer" ? "renewer" : "viewer", "Anna");
    expect(await changeRole(bench.deps, { personId: "anna", role, by: max })).toMatchObject({ outcome: "changed" });
    expect((await person("anna"))?.role).toBe(role);
    expect((await journalled())[0]).toMatch(new RegExp(`^Anna is ${role} now, and was `));
  });

  it("of the first person stays owner, whoever asks: there is always one", async () => {
    await have("second", "owner");
    const second = await person("second");
    for (const by of [second ?? null, null])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect(await changeRole(bench.deps, { personId: "owner", role: "viewer", by })).toMatchObject({
        code: "first-person",
      });
    expect(await removePerson(bench.deps, "owner", second ?? null)).toMatchObject({ code: "first-person" });
  });

  it("is not given up by oneself, nor by who has connections", async () => {
    await have("second", "owner");
    const second = (await person("second")) ?? null;
    expect(await changeRole(bench.deps, { personId: "second", role: "viewer", by: second })).toMatchObject({
      code: "not-oneself",
    });
    await bench.have(aConnection({ ownerId: "second" }));
    expect(await changeRole(bench.deps, { personId: "second", role: "viewer", by: max })).toMatchObject({
      code: "owns-connections",
    });
  });
});

describe("a name", () => {
  it("changes, unless somebody is called so", async () => {
    await have("anna", "viewer", "Anna");
    expect(await renamePerson(bench.deps, "anna", "owner")).toMatchObject({ code: "name-taken" });
    expect(await renamePerson(bench.deps, "anna", "ANNA")).toMatchObject({ outcome: "changed" });
    expect(await journalled()).toEqual(["Anna is called ANNA now."]);
    expect(await renamePerson(bench.deps, "nobody", "X")).toMatchObject({ code: "unknown-person" });
  });
});

describe("who is removed", () => {
  it("is signed out, sees nothing, and takes their programs' tokens along; their name stays in the journal", async () => {
    await have("anna", "renewer", "Anna");
    await bench.have(aConnection({ sharedWith: ["anna", "other"] }));
    await bench.deps.records.commit({ apiToken: { ...anApiToken("t", ["status"]), personId: "anna" } });
    const way = { door: "link", onlyFor: null, proven: false } as const;
    const cookie = await openSession(bench.deps, aPerson({ id: "anna" }), way);
    expect(await removePerson(bench.deps, "anna", max)).toEqual({ outcome: "removed" });
    expect(await findSession(bench.deps, cookie.reveal())).toBeNull();
    expect((await bench.connection()).sharedWith).toEqual(["other"]);
    expect((await bench.deps.records.apiTokens())[0]?.expiresAt).toEqual(bench.now);
    expect(await person("anna")).toMatchObject({ name: "Anna", removedAt: bench.now, passkeys: [], chatId: null });
    expect((await journalled())[0]).toBe("Anna (renewer) was removed.");
    expect(await removePerson(bench.deps, "anna", max)).toMatchObject({ code: "unknown-person" });
  });

  it("is not held up by a connection of theirs that was removed", async () => {
    await have("second", "owner");
    await bench.have(aConnection({ id: prod, ownerId: "second", token: null, removedAt: bench.now }));
    expect(await removePerson(bench.deps, "second", max)).toEqual({ outcome: "removed" });
  });

  it("gives their connections to somebody first, and is not oneself", async () => {
    await have("second", "owner");
    await bench.have(aConnection({ id: prod, ownerId: "second" }));
    expect(await removePerson(bench.deps, "second", max)).toMatchObject({ code: "owns-connections" });
    expect(await removePerson(bench.deps, "second", (await person("second")) ?? null)).toMatchObject({
      code: "not-oneself",
    });
  });
});

describe("at once", () => {
  it("everybody can be signed out everywhere, and sign in again", async () => {
    await bench.deps.sessions.putSession(aSession());
    expect(await endSessions(bench.deps, "owner")).toEqual({ outcome: "ended" });
    expect(await findSession(bench.deps, "cookie")).toBeNull();
    bench.now = bench.now.add({ seconds: 1 });
    await bench.deps.sessions.putSession(aSession({ createdAt: bench.now }));
    expect(await findSession(bench.deps, "cookie")).not.toBeNull();
  });

  it("a lock is ended at the terminal, which is journalled, and what is not locked is left alone", async () => {
    await bench.deps.records.commit({ person: aPerson({ lockedAt: bench.now, revision: 1 }) });
    expect(await unlockPerson(bench.deps, "owner")).toEqual({ outcome: "unlocked" });
    expect(await unlockPerson(bench.deps, "owner")).toEqual({ outcome: "unlocked" });
    expect((await person("owner"))?.lockedAt).toBeNull();
    expect(await journalled()).toEqual(["Owner was unlocked at the server's terminal; renewals are possible again."]);
  });
});
