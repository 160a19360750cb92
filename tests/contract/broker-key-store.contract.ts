import { describe, expect, it } from "vitest";
import type { BrokerKeys } from "../../server/domain/broker-keys.ts";
import { Secret } from "../../server/domain/secret.ts";
import type { BrokerKeyStore } from "../../server/ports.ts";

export function someKeys(name: string, redirectUri: string | null = null): BrokerKeys {
  return { consumerKey: new Secret(`key-${name}`), consumerSecret: new Secret(`secret-${name}`), redirectUri };
}

export function plainKeys(keys: BrokerKeys | null): object | null {
  if (keys === null) return null;
  return { key: keys.consumerKey.reveal(), secret: keys.consumerSecret.reveal(), redirectUri: keys.redirectUri };
}

export function testBrokerKeyStore(create: () => BrokerKeyStore | Promise<BrokerKeyStore>): void {
  describe("BrokerKeyStore", () => {
    it("gives back what was put, whole and for its connection alone", async () => {
      const keys = await create();
      const odd = { ...someKeys('+/=%2B"\\\n\u{1F511}'), redirectUri: "https://127.0.0.1:8182/callback" };
      await keys.put("etrade-prod-anna", someKeys("anna"));
      await keys.put("schwab-prod-anna", odd);
      expect(plainKeys(await keys.read("etrade-prod-anna"))).toEqual(plainKeys(someKeys("anna")));
      expect(plainKeys(await keys.read("schwab-prod-anna"))).toEqual(plainKeys(odd));
    });

    it("answers null for what was never stored", async () => {
      const keys = await create();
      await keys.put("etrade-prod-anna", someKeys("anna"));
      expect(await keys.read("schwab-prod-anna")).toBeNull();
    });

    it("replaces keys, as often as it is told", async () => {
      const keys = await create();
      for (const name of ["first", "second", "third", "fourth"]) await keys.put("etrade-prod-anna", someKeys(name));
      expect(plainKeys(await keys.read("etrade-prod-anna"))).toEqual(plainKeys(someKeys("fourth")));
    });

    it("forgets them when told, and takes new ones afterwards", async () => {
      const keys = await create();
      await keys.put("etrade-prod-anna", someKeys("old"));
      await keys.put("schwab-prod-anna", someKeys("other"));
      await keys.remove("etrade-prod-anna");
      expect(await keys.read("etrade-prod-anna")).toBeNull();
      expect(plainKeys(await keys.read("schwab-prod-anna"))).toEqual(plainKeys(someKeys("other")));
      await keys.remove("etrade-prod-anna");
      await keys.put("etrade-prod-anna", someKeys("new"));
      expect(plainKeys(await keys.read("etrade-prod-anna"))).toEqual(plainKeys(someKeys("new")));
    });
  });
}
