// Who may see, add, change and end connections with keys of their own; what each is worth is the use cases' to prove.
import { beforeEach, describe, expect, it } from "vitest";
import { Hono } from "hono";
import type { Connection } from "../../../server/domain/connection.ts";
import type { Person } from "../../../server/domain/person.ts";
import { mayOn } from "../../../server/domain/access.ts";
import type { Caller, Env } from "../../../server/http/caller.ts";
import type { ConnectionsReply, OwnConnectionView } from "../../../server/http/contract-connections.ts";
import { ownConnectionRoutes } from "../../../server/http/own-connections.ts";
import { aConnection, anApiToken, aPerson, aSession, at } from "../../support/builders.ts";
import { aScriptedProvider } from "../use-cases/scripted-provider.ts";
import { aWorkbench, type Workbench } from "../use-cases/workbench.ts";

const anna = "etrade-prod-anna";
const keys = { masked: "••••1234", storedAt: at("2026-03-10T12:00:00Z") };
const people = {
  owner: aPerson(),
  anna: aPerson({ id: "anna", name: "Anna" }),
  renewer: aPerson({ id: "rita", name: "Rita", role: "renewer" }),
  stranger: aPerson({ id: "sam", name: "Sam" }),
};
let bench: Workbench;

beforeEach(async () => {
  bench = aWorkbench();
  for (const person of Object.values(people))
    // oxlint-disable-next-line no-await-in-loop -- in that order
    await bench.stores.records.commit({ person: { ...person, revision: 0 } });
  await bench.have(aConnection({ ownerId: "owner" }));
  await bench.have(aConnection({ id: anna, name: "Anna", ownerId: "anna", sharedWith: ["rita"], token: null, keys }));
  const provider = aScriptedProvider({ id: anna, provider: "etrade", environment: "prod", name: "Anna" });
  Object.assign(bench.deps, { providers: new Map([...bench.deps.providers, [anna, provider]]) });
});

/** Signed in by a fresh link, on a machine of one's own. */
const as = (person: Person, session = aSession({ personId: person.id, createdAt: bench.now })): Caller => ({
  kind: "person",
  person,
  session,
});

async function ask(
  caller: Caller | null,
  method: "GET" | "POST" | "DELETE",
  path: string,
  { body = {}, linkCounts = true }: { body?: object; linkCounts?: boolean } = {},
): Promise<{ verdict: string; text: string }> {
  const recorded = (await bench.stores.records.connections()).filter(({ id }) => bench.deps.providers.has(id));
  const sees = (each: Connection) => caller?.kind === "person" && mayOn(caller.person, each, "see");
  const app = new Hono<Env>()
    .use(async (c, next) => {
      c.set("caller", caller);
      c.set("deps", bench.deps);
      c.set("visible", new Map(recorded.filter(sees).map((each) => [each.id, each])));
      await next();
    })
    .route("/api/connections", ownConnectionRoutes(bench.deps, { linkCounts }));
  const init = method === "POST" ? { body: JSON.stringify(body) } : {};
  const answer = await app.request(`/api/connections${path}`, { method, ...init });
  const text = await answer.text();
  const { code }: { code?: string } = JSON.parse(text);
  return { verdict: `${answer.status} ${code ?? "ok"}`, text };
}

const newKeys = { consumerKey: "consumer-key-5678", consumerSecret: "consumer-secret-5678" };
const newOne = { provider: "etrade", environment: "prod", name: "Second", ...newKeys };

async function listFor(person: Person): Promise<readonly OwnConnectionView[]> {
  const reply: ConnectionsReply = JSON.parse((await ask(as(person), "GET", "")).text);
  return reply.connections;
}

describe("GET /api/connections", () => {
  it("shows everybody theirs and what is shared with them, and the key's end to its owner alone", async () => {
    expect(await listFor(people.anna)).toEqual([
      {
        id: anna,
        provider: "etrade",
        environment: "prod",
        label: "E*TRADE production · Anna",
        name: "Anna",
        mine: true,
        owner: "Anna",
        keys: "entered",
        key: "••••1234",
        keysStoredAt: "2026-03-10T12:00:00.000Z",
      },
    ]);
    expect(await listFor(people.renewer)).toMatchObject([{ id: anna, mine: false, key: null, keysStoredAt: null }]);
    expect(await listFor(people.owner)).toMatchObject([{ id: "etrade-prod", keys: "configured", key: null }]);
    expect(await listFor(people.stranger)).toEqual([]);
  });

  it("shows its owner one whose keys can't be read, and nobody one that was removed", async () => {
    Object.assign(bench.deps, { providers: new Map([...bench.deps.providers].filter(([id]) => id !== anna)) });
    expect(await listFor(people.anna)).toMatchObject([{ id: anna, keys: "unreadable" }]);
    expect(await listFor(people.renewer)).toEqual([]);
    const connection = await bench.connection(anna);
    await bench.stores.records.commit({ connection: { ...connection, keys: null, removedAt: bench.now } });
    expect(await listFor(people.anna)).toEqual([]);
  });

  it("says who may add one", async () => {
    const may = await Promise.all(
      [people.owner, people.renewer].map(
        async (person) => /"mayAdd":(\w+)/.exec((await ask(as(person), "GET", "")).text)?.[1],
      ),
    );
    expect(may).toEqual(["true", "false"]);
  });
});

/** Where a link is not enough. */
function removeAfter(person: Person, provenAt: Temporal.Instant | null) {
  const session = aSession({ personId: "anna", provenAt });
  return ask(as(person, session), "DELETE", `/${anna}`, { linkCounts: false });
}

describe("adding, replacing and removing", () => {
  const acts = [
    ["POST", "", newOne],
    ["POST", `/${anna}/keys`, newKeys],
    ["DELETE", `/${anna}`, {}],
  ] as const;

  it.each<[string, () => Caller | null, string[]]>([
    ["nobody", () => null, ["401 not-signed-in", "401 not-signed-in", "401 not-signed-in"]],
    [
      "a program",
      () => ({ kind: "machine", token: anApiToken("token", ["status"]), maker: null }),
      ["403 not-in-scope", "403 not-in-scope", "403 not-in-scope"],
    ],
    ["a renewer it is shared with", () => as(people.renewer), ["403 owner-only", "403 owner-only", "403 owner-only"]],
    ["another owner", () => as(people.stranger), ["201 ok", "404 unknown-connection", "404 unknown-connection"]],
    [
      "its owner, in a session for one renewal",
      () => as(people.anna, aSession({ personId: "anna", onlyFor: anna })),
      ["403 owner-only", "403 owner-only", "403 owner-only"],
    ],
    ["its owner", () => as(people.anna), ["201 ok", "200 ok", "200 ok"]],
  ])("is answered to %s", async (_who, caller, expected) => {
    const verdicts: string[] = [];
    for (const [method, path, body] of acts)
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      verdicts.push((await ask(caller(), method, path, { body })).verdict);
    expect(verdicts).toEqual(expected);
  });

  it("takes its owner in person: a passkey's fresh proof where a link is not enough", async () => {
    const passkey = { id: "p", publicKey: "", counter: 0, transports: [], backedUp: true, name: "Phone" };
    const withPasskey = aPerson({
      ...people.anna,
      passkeys: [{ ...passkey, createdAt: bench.now, lastUsedAt: null }],
    });
    expect((await removeAfter(people.anna, null)).verdict).toBe("403 passkey-needed");
    expect((await removeAfter(withPasskey, bench.now.subtract({ minutes: 3 }))).verdict).toBe("403 proof-needed");
    expect((await removeAfter(withPasskey, bench.now.subtract({ seconds: 30 }))).verdict).toBe("200 ok");
  });

  it("never answers with a key, whatever was sent", async () => {
    const sent = { ...newOne, consumerKey: " CANARY-consumer-key ", consumerSecret: "CANARY-secret-of-it\n" };
    for (const body of [sent, { ...sent, name: "CANARY\u0000" }, { ...sent, consumerKey: "CANARY with blanks" }])
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      expect((await ask(as(people.anna), "POST", "", { body })).text).not.toContain("CANARY");
    const stored = await bench.stores.brokerKeys.read("etrade-prod-second");
    expect([stored?.consumerKey.reveal(), stored?.consumerSecret.reveal()]).toEqual([
      "CANARY-consumer-key",
      "CANARY-secret-of-it",
    ]);
  });
});
