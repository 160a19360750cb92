import { describe, expect, it } from "vitest";
import { secretManagerBrokerKeys } from "../../server/adapters/secret-manager-broker-key-store.ts";
import { openSecretManager } from "../../server/adapters/secret-manager-client.ts";
import { type BrokerKeyStore, KeysNotStored, type Log } from "../../server/ports.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { type SecretManagerServer, startSecretManagerServer } from "../support/secret-manager-server.ts";
import { plainKeys, someKeys, testBrokerKeyStore } from "./broker-key-store.contract.ts";

const ids = ["etrade-prod-anna", "schwab-prod-anna"];
const secret = "prebell-etrade-prod-anna-keys";
const silent: Log = { info() {}, warn() {}, error() {} };

async function aCloud(
  settings: Parameters<typeof startSecretManagerServer>[0] = {},
): Promise<{ server: SecretManagerServer; keys: BrokerKeyStore }> {
  const server = await startSecretManagerServer({ secrets: ids.map((id) => `prebell-${id}-keys`), ...settings });
  const secrets = openSecretManager({ project: "prebell-test", endpoint: server.host });
  clearAfterwards(() => secrets.close());
  return { server, keys: secretManagerBrokerKeys(secrets, { log: silent }) };
}

describe("over Secret Manager", () => {
  testBrokerKeyStore(async () => (await aCloud()).keys);
});

describe("over Secret Manager with listings hours behind", () => {
  testBrokerKeyStore(async () => {
    const { server, keys } = await aCloud();
    server.lag(1_000_000);
    return keys;
  });
});

describe("keys in Secret Manager", () => {
  it("lie together in one version, of which the newest two are kept", async () => {
    const { server, keys } = await aCloud({ destroyDelay: false });
    for (const name of ["first", "second", "third"]) await keys.put("etrade-prod-anna", someKeys(name));
    const stored = server.stored().filter((version) => version.secret === secret);
    expect(stored.map(({ payload }) => payload?.match(/"key-(\w+)".*"secret-(\w+)"/)?.slice(1) ?? null)).toEqual([
      null,
      ["second", "second"],
      ["third", "third"],
    ]);
  });

  it("are stored in a secret made for them where that is allowed", async () => {
    const { keys } = await aCloud({ secrets: [], projectWide: true });
    await keys.put("etrade-prod-anna", someKeys("anna"));
    expect(plainKeys(await keys.read("etrade-prod-anna"))).toEqual(plainKeys(someKeys("anna")));
  });

  it("are not stored where secrets may not be made, and the commands that help are named", async () => {
    const { server, keys } = await aCloud({ secrets: [] });
    server.deny("secretmanager.secrets.create");
    const refusal = await keys.put("etrade-prod-anna", someKeys("anna")).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(KeysNotStored);
    const { message } = refusal instanceof Error ? refusal : new Error("none");
    expect(message).toContain("pulumi config set --path 'prebell:connections[0]' etrade-prod-anna && pulumi up");
    expect(message).toContain(`gcloud secrets create $s`);
    expect(message).toContain("prebell-run@prebell-test.iam.gserviceaccount.com");
    expect(message).not.toMatch(/key-anna|secret-anna/);
  });

  it("that something else wrote are refused with the secret's name and not its content", async () => {
    const { server, keys } = await aCloud();
    server.plant(secret, "consumer key: CANARY");
    await expect(keys.read("etrade-prod-anna")).rejects.toThrow(/prebell-etrade-prod-anna-keys(?!.*CANARY)/s);
  });

  it("count as not forgotten while one version is still there", async () => {
    const { server, keys } = await aCloud();
    await keys.put("etrade-prod-anna", someKeys("anna"));
    server.deny("secretmanager.versions.destroy");
    await expect(keys.remove("etrade-prod-anna")).rejects.toThrow("secretVersionManager");
  });
});
