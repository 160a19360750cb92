import { beforeEach, describe, expect, it } from "vitest";
import { failed } from "../../../server/domain/broker-answer.ts";
import type { BrokerKeys } from "../../../server/domain/broker-keys.ts";
import { schwabPolicy } from "../../../server/domain/provider-policy.ts";
import { Secret } from "../../../server/domain/secret.ts";
import { KeysNotStored } from "../../../server/ports.ts";
import { addConnection, type ConnectionWish } from "../../../server/use-cases/add-connection.ts";
import { removeConnection } from "../../../server/use-cases/remove-connection.ts";
import { replaceKeys } from "../../../server/use-cases/replace-keys.ts";
import { aConnection } from "../../support/builders.ts";
import type { ScriptedProvider } from "./scripted-provider.ts";
import { aWorkbench, eventTypes, morning, type Workbench } from "./workbench.ts";

const anna = "etrade-prod-anna";
let bench: Workbench;

beforeEach(() => {
  bench = aWorkbench();
});

function keysOf(name: string, overrides: Partial<BrokerKeys> = {}): BrokerKeys {
  return {
    consumerKey: new Secret(`consumer-key-${name}`),
    consumerSecret: new Secret(`consumer-secret-${name}`),
    redirectUri: null,
    ...overrides,
  };
}

function add(overrides: Partial<ConnectionWish> = {}) {
  const wish = {
    provider: "etrade",
    environment: "prod",
    name: "Anna",
    ownerId: "anna",
    keys: keysOf("1234"),
  } as const;
  return addConnection(bench.deps, { ...wish, ...overrides });
}

/** What composition.ts does with every recorded connection; without it the use cases know only what is configured. */
function alive(id: string): ScriptedProvider {
  const provider = bench.made.at(-1)?.provider;
  if (provider === undefined) throw new Error("No broker was made.");
  const named = Object.assign(provider, { identity: { ...provider.identity, id } });
  Object.assign(bench.deps, { providers: new Map([...bench.deps.providers, [id, named]]) });
  return named;
}

async function haveAnna(): Promise<ScriptedProvider> {
  await add();
  const provider = alive(anna);
  const { token } = aConnection();
  const [recorded] = (await bench.stores.records.connections()).filter(({ id }) => id === anna);
  if (recorded === undefined) throw new Error("Nothing was recorded.");
  await bench.stores.records.commit({ connection: { ...recorded, token } });
  await bench.stores.tokens.put(anna, {
    accessToken: new Secret("access-anna"),
    accessTokenSecret: new Secret("secret-anna"),
    refreshToken: null,
    accessExpiresAt: null,
    startedAt: morning,
    issuedAt: morning,
    verifiedAt: morning,
  });
  provider.calls.length = 0;
  return provider;
}

async function journal(): Promise<string[]> {
  return (await bench.stores.records.journal(100)).map(({ kind, text }) => `${kind}: ${text}`);
}

async function storedKey(id = anna): Promise<string | null> {
  return (await bench.stores.brokerKeys.read(id))?.consumerKey.reveal() ?? null;
}

describe("addConnection", () => {
  it("asks the broker, stores the keys and records a connection of the person's under its name", async () => {
    expect(await add()).toMatchObject({ outcome: "added", proven: true });
    expect(bench.made[0]?.provider.calls).toEqual(["beginAuthorization"]);
    expect(await storedKey()).toBe("consumer-key-1234");
    expect(await bench.connection(anna)).toMatchObject({
      provider: "etrade",
      environment: "prod",
      name: "Anna",
      ownerId: "anna",
      token: null,
      keys: { masked: "••••1234", storedAt: morning },
      removedAt: null,
    });
    expect(await journal()).toEqual(["connection-added: E*TRADE production · Anna was added; E*TRADE took its keys."]);
  });

  it.each([
    ["consumer-key-rejected", "misconfigured"],
    ["signature-invalid", "misconfigured"],
    ["unreachable", "broker-unavailable"],
  ] as const)("stores nothing when the broker answers %s", async (reason, code) => {
    bench.onMade = (provider) => provider.next.beginAuthorization.push(failed(reason, 401));
    expect(await add()).toMatchObject({ outcome: "refused", code, reason });
    expect([await storedKey(), await bench.stores.records.connections()]).toEqual([null, []]);
  });

  it("says that the keys are unproven where the broker looks at them only at a login", async () => {
    bench.onMade = (provider) =>
      Object.assign(provider, {
        policy: schwabPolicy(),
        renewal: { kind: "refresh", refresh: () => Promise.reject(new Error("not asked")) },
      });
    const keys = {
      consumerKey: new Secret("A1b2C3d4E5f6G7h8"),
      consumerSecret: new Secret("Z9y8X7w6"),
      redirectUri: null,
    };
    expect(await add({ provider: "schwab", keys })).toMatchObject({ outcome: "added", proven: false });
    expect(bench.made[0]?.provider.calls).toEqual([]);
    expect(await journal()).toEqual([
      "connection-added: Schwab production · Anna was added; its keys are tried at the first login.",
    ]);
  });

  it.each<[string, Partial<ConnectionWish>, RegExp]>([
    ["no name", { name: "" }, /name/],
    ["a name over two lines", { name: "Anna\nBen" }, /name/],
    ["a key with a blank in it", { keys: keysOf("x", { consumerKey: new Secret("CANARY key") }) }, /consumer key/],
    ["a secret that is cut short", { keys: keysOf("x", { consumerSecret: new Secret("CANARY") }) }, /consumer secret/],
    ["the key twice", { keys: keysOf("x", { consumerSecret: new Secret("consumer-key-x") }) }, /same/],
    ["a callback for E*TRADE", { keys: keysOf("x", { redirectUri: "https://example.com" }) }, /no callback/],
    ["Schwab's sandbox", { provider: "schwab", environment: "sandbox" }, /sandbox/],
  ])("asks nobody about %s, and quotes no key", async (_case, overrides, sentence) => {
    const result = await add(overrides);
    expect(result).toMatchObject({
      outcome: "keys-refused",
      cause: "malformed",
      sentence: expect.stringMatching(sentence),
    });
    expect(JSON.stringify(result)).not.toContain("CANARY");
    expect(bench.made).toEqual([]);
  });

  it("passes on what has to be set up where keys can't be stored yet", async () => {
    bench.stores.brokerKeys.put = () => Promise.reject(new KeysNotStored("Run gcloud …"));
    expect(await add()).toEqual({ outcome: "keys-refused", cause: "not-stored", sentence: "Run gcloud …" });
    expect(await bench.stores.records.connections()).toEqual([]);
  });

  it("gives each an id of its own, also two that are added in the same moment and one that is gone", async () => {
    await Promise.all([add(), add({ ownerId: "ben" })]);
    await removeConnection(bench.deps, anna);
    await add();
    await add({ name: "Zoë & Co." });
    await add({ name: "安娜" });
    const recorded = await bench.stores.records.connections();
    expect(recorded.map(({ id }) => id)).toEqual([
      anna,
      `${anna}-2`,
      `${anna}-3`,
      "etrade-prod-own",
      "etrade-prod-zoe-co",
    ]);
  });

  it("refuses a second one of the same name, but not to somebody else", async () => {
    await add();
    expect(await add({ name: "anna" })).toMatchObject({ outcome: "refused", code: "connection-name-taken" });
    expect(await add({ environment: "sandbox" })).toMatchObject({ outcome: "added" });
    expect(await add({ ownerId: "ben" })).toMatchObject({ outcome: "added" });
  });

  it("takes twenty and no more, and one again when one was removed", async () => {
    for (let number = 1; number <= 20; number += 1) await add({ name: `Number ${number}` });
    expect(await add({ name: "One more" })).toMatchObject({ outcome: "refused", code: "too-many-connections" });
    await removeConnection(bench.deps, "etrade-prod-number-7");
    expect(await add({ name: "One more" })).toMatchObject({ outcome: "added" });
  });
});

describe("replaceKeys", () => {
  it("keeps the token when only the secret is new", async () => {
    const provider = await haveAnna();
    const keys = keysOf("1234", { consumerSecret: new Secret("a-new-consumer-secret") });
    bench.now = morning.add({ minutes: 5 });
    expect(await replaceKeys(bench.deps, anna, keys)).toMatchObject({ outcome: "replaced", tokenKept: true });
    expect((await bench.stores.brokerKeys.read(anna))?.consumerSecret.reveal()).toBe("a-new-consumer-secret");
    expect(await bench.connection(anna)).toMatchObject({ ended: null, keys: { storedAt: bench.now } });
    expect(provider.calls).toEqual([]);
  });

  it("revokes the old key's token and asks for a login when the key is another one", async () => {
    const provider = await haveAnna();
    expect(await replaceKeys(bench.deps, anna, keysOf("5678"))).toMatchObject({
      outcome: "replaced",
      tokenKept: false,
    });
    expect(provider.calls).toEqual(["revoke access-anna"]);
    expect(await bench.connection(anna)).toMatchObject({ ended: { reason: "revoked" }, keys: { masked: "••••5678" } });
    expect(await eventTypes(bench)).toEqual(["token.revoked", "authorization.needed"]);
    expect(await journal()).toContain(
      "keys-replaced: E*TRADE production · Anna: the keys were replaced; the token of the old ones is over.",
    );
  });

  it("changes nothing when the broker does not know the new ones", async () => {
    await haveAnna();
    bench.onMade = (provider) => provider.next.beginAuthorization.push(failed("consumer-key-rejected", 401));
    expect(await replaceKeys(bench.deps, anna, keysOf("5678"))).toMatchObject({
      outcome: "refused",
      code: "misconfigured",
    });
    expect(await storedKey()).toBe("consumer-key-1234");
    expect((await bench.connection(anna)).ended).toBeNull();
  });

  it("mends a connection whose keys are lost", async () => {
    await add();
    await bench.stores.brokerKeys.remove(anna);
    expect(await replaceKeys(bench.deps, anna, keysOf("1234"))).toMatchObject({ outcome: "replaced" });
    expect(await storedKey()).toBe("consumer-key-1234");
  });

  it("leaves alone what the configuration holds, and what does not exist", async () => {
    await bench.have(aConnection());
    expect(await replaceKeys(bench.deps, "etrade-prod", keysOf("5678"))).toMatchObject({ code: "keys-configured" });
    expect(await replaceKeys(bench.deps, anna, keysOf("5678"))).toMatchObject({ code: "unknown-connection" });
  });
});

describe("removeConnection", () => {
  it("revokes, destroys keys and tokens, and leaves a marked record without what it knew", async () => {
    const provider = await haveAnna();
    expect(await removeConnection(bench.deps, anna)).toEqual({
      outcome: "removed",
      token: "E*TRADE revoked its token.",
    });
    expect(provider.calls).toEqual(["revoke access-anna"]);
    expect([await storedKey(), await bench.stores.tokens.read(anna, 1)]).toEqual([null, null]);
    expect(await bench.connection(anna)).toMatchObject({
      ownerId: "anna",
      name: "Anna",
      token: null,
      pin: null,
      keys: null,
      removedAt: morning,
    });
    expect(await eventTypes(bench)).toEqual(["token.revoked"]);
    expect((await journal())[0]).toBe(
      "connection-removed: E*TRADE production · Anna was removed, with its keys and tokens. E*TRADE revoked its token.",
    );
    expect(bench.exported).toEqual([`remove ${anna}`]);
  });

  it.each([
    ["can't be reached", () => failed("unreachable", null)],
    ["breaks", () => new Error("broken")],
  ])("goes on and says so when the broker %s", async (_case, answer) => {
    const provider = await haveAnna();
    provider.next.revoke.push(answer());
    expect(await removeConnection(bench.deps, anna)).toEqual({
      outcome: "removed",
      token: "E*TRADE did not confirm that its token is revoked; it ends by itself.",
    });
    expect((await bench.connection(anna)).removedAt).toEqual(morning);
  });

  it("records nothing while something is not destroyed, and finishes the next time", async () => {
    await haveAnna();
    const intact = { ...bench.stores.brokerKeys };
    let isAway = true;
    bench.stores.brokerKeys.remove = (id) =>
      isAway ? Promise.reject(new Error("Secret Manager is away.")) : intact.remove(id);
    await expect(removeConnection(bench.deps, anna)).rejects.toThrow("away");
    expect((await bench.connection(anna)).removedAt).toBeNull();
    isAway = false;
    expect(await removeConnection(bench.deps, anna)).toMatchObject({ outcome: "removed" });
  });

  it("happens once, and never to what the configuration holds", async () => {
    await add();
    await bench.have(aConnection());
    expect(await removeConnection(bench.deps, anna)).toEqual({ outcome: "removed", token: null });
    expect(await removeConnection(bench.deps, anna)).toMatchObject({ code: "unknown-connection" });
    expect(await removeConnection(bench.deps, "etrade-prod")).toMatchObject({ code: "keys-configured" });
    expect(await eventTypes(bench)).toEqual([]);
  });
});
