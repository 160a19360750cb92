import { describe, expect, it } from "vitest";
import { sealedBox } from "../../server/adapters/sealed-box.ts";
import { readBrokerKeys } from "../../server/adapters/secret-manager-broker-keys.ts";
import { openSecretManager } from "../../server/adapters/secret-manager-client.ts";
import { secretManagerKeys } from "../../server/adapters/secret-manager-keys.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { startSecretManagerServer } from "../support/secret-manager-server.ts";

async function anInstance(host: string) {
  const secrets = openSecretManager({ project: "prebell-test", endpoint: host });
  clearAfterwards(() => secrets.close());
  return secrets;
}

async function aCloud(settings: Parameters<typeof startSecretManagerServer>[0]) {
  const server = await startSecretManagerServer(settings);
  return { server, secrets: await anInstance(server.host) };
}

describe("the sealing key in Secret Manager", () => {
  it("is made at the first need and found again by the next instance", async () => {
    const { server, secrets } = await aCloud({ secrets: ["prebell-key"] });
    server.lag(1_000);
    const sealed = sealedBox(await secretManagerKeys(secrets)).seal("PLAIN", "context");
    const next = sealedBox(await secretManagerKeys(await anInstance(server.host)));
    expect(next.open(sealed, "context")).toBe("PLAIN");
    expect(server.stored()).toHaveLength(1);
  });

  it("is the same for two instances that make one at the same time", async () => {
    const { server, secrets } = await aCloud({ secrets: ["prebell-key"] });
    const other = await anInstance(server.host);
    const [first, second] = await Promise.all([secretManagerKeys(secrets), secretManagerKeys(other)]);
    expect(server.counts()["AddSecretVersion"]).toBe(2);
    expect(second.newest()).toEqual(first.newest());
    expect(second.pinSecret()).toEqual(first.pinSecret());
  });

  it("is made once although the answer got lost", async () => {
    const { server, secrets } = await aCloud({ secrets: ["prebell-key"] });
    server.failNext("AddSecretVersion", { loseAnswer: "UNAVAILABLE" });
    await secretManagerKeys(secrets);
    expect(server.stored()).toHaveLength(1);
  });

  it("is no other one because a newer version was added", async () => {
    const { server, secrets } = await aCloud({ secrets: ["prebell-key"] });
    const before = await secretManagerKeys(secrets);
    server.plant("prebell-key", "something else");
    expect((await secretManagerKeys(secrets)).newest()).toEqual(before.newest());
  });

  it("gets its secret created where that is allowed, and asks for it by name where it is not", async () => {
    const { server, secrets } = await aCloud({ projectWide: true });
    server.deny("secretmanager.secrets.create");
    await expect(secretManagerKeys(secrets)).rejects.toThrow(/secret prebell-key is missing.*pulumi up/);
    server.allowAll();
    expect((await secretManagerKeys(secrets)).newest().bytes).toHaveLength(32);
  });

  it("is not replaced when it is disabled: that is said", async () => {
    const { server, secrets } = await aCloud({ secrets: ["prebell-key"] });
    await secretManagerKeys(secrets);
    server.disable("prebell-key", 1);
    await expect(secretManagerKeys(secrets)).rejects.toThrow(
      "Version 1 of the secret prebell-key in project prebell-test is disabled or destroyed: enable it again.",
    );
    expect(server.stored()).toHaveLength(1);
  });

  it("is refused without quoting it when it is damaged", async () => {
    const { server, secrets } = await aCloud({ secrets: ["prebell-key"] });
    server.plant("prebell-key", "secret stuff\n");
    const keys = secretManagerKeys(secrets);
    await expect(keys).rejects.toThrow("is damaged in line 1");
    await expect(keys).rejects.not.toThrow("secret stuff");
  });

  it("is named, with what to do, by a record sealed under another one", async () => {
    const { secrets } = await aCloud({ secrets: ["prebell-key"] });
    const { secrets: elsewhere } = await aCloud({ secrets: ["prebell-key"] });
    const sealed = sealedBox(await secretManagerKeys(elsewhere)).seal("PLAIN", "context");
    const box = sealedBox(await secretManagerKeys(secrets));
    expect(() => box.open(sealed, "context")).toThrow(
      /which the secret prebell-key in project prebell-test does not hold\. .*unpin/,
    );
  });
});

describe("the broker's keys in Secret Manager", () => {
  const names = [
    "ETRADE_PROD_CONSUMER_KEY",
    "ETRADE_PROD_CONSUMER_SECRET",
    "ETRADE_SANDBOX_CONSUMER_KEY",
    "ETRADE_SANDBOX_CONSUMER_SECRET",
  ];

  async function withKeys(values: Readonly<Record<string, string>>) {
    const cloud = await aCloud({ secrets: names });
    for (const [name, value] of Object.entries(values)) cloud.server.plant(name, value);
    return cloud;
  }

  it("are the newest of their secrets, without the newline that an editor adds", async () => {
    const { server, secrets } = await withKeys({
      ETRADE_PROD_CONSUMER_KEY: "old",
      ETRADE_PROD_CONSUMER_SECRET: "secret\r\n",
    });
    server.plant("ETRADE_PROD_CONSUMER_KEY", " key\n");
    const { prod, sandbox } = await readBrokerKeys(secrets);
    expect([prod?.consumerKey.reveal(), prod?.consumerSecret.reveal()]).toEqual(["key", "secret"]);
    expect(sandbox).toBeNull();
  });

  it.each(["", "   \n", "REPLACE_ME", "changeme", "TODO", "<your key>", "your-consumer-key", "xxxx"])(
    "are not there while their secrets hold %j",
    async (value) => {
      const { secrets } = await withKeys({
        ...(value === "" ? {} : { ETRADE_PROD_CONSUMER_KEY: value, ETRADE_PROD_CONSUMER_SECRET: value }),
        ETRADE_SANDBOX_CONSUMER_KEY: "key",
        ETRADE_SANDBOX_CONSUMER_SECRET: "secret",
      });
      const { prod, sandbox } = await readBrokerKeys(secrets);
      expect(prod).toBeNull();
      expect(sandbox?.consumerSecret.reveal()).toBe("secret");
    },
  );

  it.each([
    ["ETRADE_PROD_CONSUMER_SECRET", "ETRADE_PROD_CONSUMER_KEY"],
    ["ETRADE_SANDBOX_CONSUMER_KEY", "ETRADE_SANDBOX_CONSUMER_SECRET"],
  ])("without %s are refused by that name", async (missing, present) => {
    const { secrets } = await withKeys({ [present]: "CANARY" });
    const keys = readBrokerKeys(secrets);
    await expect(keys).rejects.toThrow(`The secret ${missing} in project prebell-test has no value`);
    await expect(keys).rejects.not.toThrow("CANARY");
  });

  it("that may not be read stop the start, so that no connection vanishes unnoticed", async () => {
    const { server, secrets } = await withKeys({ ETRADE_PROD_CONSUMER_KEY: "k", ETRADE_PROD_CONSUMER_SECRET: "s" });
    server.deny("secretmanager.versions.access", "ETRADE_PROD_CONSUMER_SECRET");
    await expect(readBrokerKeys(secrets)).rejects.toThrow(
      /ETRADE_PROD_CONSUMER_SECRET in project prebell-test: PERMISSION_DENIED.*secretAccessor/,
    );
  });
});
