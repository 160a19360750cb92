import { describe, expect, it } from "vitest";
import { keyFacts } from "../../server/domain/broker-keys.ts";
import { type Connection, newConnection } from "../../server/domain/connection.ts";
import { Secret } from "../../server/domain/secret.ts";
import { liveProviders } from "../../server/live-providers.ts";
import { at } from "../support/builders.ts";
import { inMemoryStores, type Stores } from "../support/fakes.ts";
import { aScriptedProvider } from "./use-cases/scripted-provider.ts";

const anna = "etrade-prod-anna";
const noon = at("2026-03-10T16:00:00Z");

interface Process {
  readonly ids: () => string[];
  readonly records: ReturnType<typeof liveProviders>["records"];
  readonly made: string[];
  readonly logged: string[];
  now: Temporal.Instant;
}

/** One process over the stores; two of them are two instances. */
function aProcess(stores: Stores): Process {
  const made: string[] = [];
  const logged: string[] = [];
  const line = (event: string, { connection = "" } = {}) => void logged.push(`${event} ${connection}`);
  const live = liveProviders({
    configured: [aScriptedProvider({ id: "etrade-prod", provider: "etrade", environment: "prod" })],
    records: stores.records,
    keys: stores.brokerKeys,
    brokerFor(identity, { consumerKey }) {
      made.push(consumerKey.reveal());
      return aScriptedProvider(identity);
    },
    drill: aScriptedProvider({ id: "drill", provider: "etrade", environment: "sandbox" }),
    clock: () => process.now,
    log: { info: line, warn: line, error: line },
  });
  const process: Process = { ids: () => [...live.providers.keys()], records: live.records, made, logged, now: noon };
  return process;
}

async function enter(stores: Stores, key: string, when = noon): Promise<void> {
  const keys = { consumerKey: new Secret(key), consumerSecret: new Secret("secret"), redirectUri: null };
  await stores.brokerKeys.put(anna, keys);
  await change(stores, { keys: keyFacts(keys, when) });
}

async function change(stores: Stores, facts: Partial<Connection>): Promise<void> {
  const identity = { id: anna, provider: "etrade", environment: "prod", name: "Anna" } as const;
  const connection = (await stores.records.connection(anna)) ?? newConnection(identity, "anna");
  await stores.records.commit({ connection: { ...connection, ...facts } });
}

describe("liveProviders", () => {
  it.each<[string, (process: Process) => Promise<unknown>]>([
    ["all", ({ records }) => records.connections()],
    ["that one", ({ records }) => records.connection(anna)],
  ])("sees what another process added, changed and removed at its next read of %s", async (_case, read) => {
    const stores = inMemoryStores();
    const process = aProcess(stores);
    await read(process);
    expect(process.ids()).toEqual(["etrade-prod"]);
    await enter(stores, "first");
    await read(process);
    await read(process);
    expect([process.ids(), process.made]).toEqual([["etrade-prod", anna], ["first"]]);
    await enter(stores, "second", noon.add({ seconds: 1 }));
    await read(process);
    expect(process.made).toEqual(["first", "second"]);
    await change(stores, { removedAt: noon });
    await read(process);
    expect(process.ids()).toEqual(["etrade-prod"]);
  });

  it("reads keys once, however many read the records at once", async () => {
    const stores = inMemoryStores();
    await enter(stores, "first");
    const process = aProcess(stores);
    await Promise.all(Array.from({ length: 5 }, () => process.records.connections()));
    expect(process.made).toEqual(["first"]);
  });

  it("lets one with unreadable keys rest, logs it, and tries again after half a minute", async () => {
    const stores = inMemoryStores();
    await enter(stores, "first");
    const intact = { ...stores.brokerKeys };
    let isDamaged = true;
    stores.brokerKeys.read = (id) => (isDamaged ? Promise.reject(new Error("damaged")) : intact.read(id));
    const process = aProcess(stores);
    for (let count = 0; count < 3; count += 1) await process.records.connections();
    expect([process.ids(), process.logged]).toEqual([["etrade-prod"], [`broker-keys-not-read ${anna}`]]);
    isDamaged = false;
    await process.records.connections();
    expect(process.ids()).toEqual(["etrade-prod"]);
    process.now = noon.add({ seconds: 30 });
    await process.records.connections();
    expect(process.ids()).toEqual(["etrade-prod", anna]);
  });

  it("never takes a configured connection for an entered one", async () => {
    const stores = inMemoryStores();
    const process = aProcess(stores);
    const identity = { id: "etrade-prod", provider: "etrade", environment: "prod" } as const;
    await stores.records.commit({
      connection: { ...newConnection(identity), keys: { masked: "••••", storedAt: noon }, removedAt: noon },
    });
    await process.records.connections();
    expect([process.ids(), process.made]).toEqual([["etrade-prod"], []]);
  });
});
