import { describe, expect, it } from "vitest";
import type { TokenSet } from "../../server/domain/connection.ts";
import type { TokenStore } from "../../server/ports.ts";
import { at } from "../support/builders.ts";
import { aRefreshedTokenSet, aTokenSet, revealed } from "./token-sets.ts";

export function testTokenStore(create: () => TokenStore | Promise<TokenStore>): void {
  describe("TokenStore", () => {
    it("gives back what was put, to the millisecond", async () => {
      const tokens = await create();
      const tokenSet = aTokenSet({ issuedAt: at("2026-03-10T12:30:00.123Z") });
      const version = await tokens.put("etrade-prod", tokenSet);
      expect(revealed(await tokens.read("etrade-prod", version))).toEqual(revealed(tokenSet));
    });

    it("gives back a refresh token and when the access token lapses", async () => {
      const tokens = await create();
      const tokenSet = aRefreshedTokenSet();
      const version = await tokens.put("schwab-prod", tokenSet);
      expect(revealed(await tokens.read("schwab-prod", version))).toEqual(revealed(tokenSet));
    });

    it("rounds instants down to the millisecond", async () => {
      const tokens = await create();
      const version = await tokens.put("etrade-prod", aTokenSet({ issuedAt: at("2026-03-10T12:30:00.123999999Z") }));
      expect((await tokens.read("etrade-prod", version))?.issuedAt).toEqual(at("2026-03-10T12:30:00.123Z"));
    });

    it("keeps secrets of any characters whole", async () => {
      const tokens = await create();
      const odd: TokenSet = aTokenSet({ token: '+/=%2B"\\\n\u{1F511}', secret: "" });
      await tokens.put("etrade-prod", odd);
      expect(revealed(await tokens.read("etrade-prod", 1))).toEqual(revealed(odd));
    });

    it("numbers versions 1, 2, 3 for each connection by itself", async () => {
      const tokens = await create();
      const versions = [
        await tokens.put("etrade-prod", aTokenSet()),
        await tokens.put("etrade-prod", aTokenSet()),
        await tokens.put("etrade-sandbox", aTokenSet()),
        await tokens.put("etrade-prod", aTokenSet()),
      ];
      expect(versions).toEqual([1, 2, 1, 3]);
    });

    it("keeps the version before the newest and destroys older ones", async () => {
      const tokens = await create();
      for (const token of ["a", "b", "c", "d"]) await tokens.put("etrade-prod", aTokenSet({ token }));
      const kept = await Promise.all([1, 2, 3, 4].map((version) => tokens.read("etrade-prod", version)));
      expect(kept.map((tokenSet) => tokenSet?.accessToken.reveal() ?? null)).toEqual([null, null, "c", "d"]);
    });

    it("answers null for what was never stored", async () => {
      const tokens = await create();
      await tokens.put("etrade-prod", aTokenSet());
      expect(await tokens.read("etrade-prod", 2)).toBeNull();
      expect(await tokens.read("etrade-prod", 0)).toBeNull();
      expect(await tokens.read("etrade-sandbox", 1)).toBeNull();
    });

    it("knows the newest version, and that there is none", async () => {
      const tokens = await create();
      expect(await tokens.latestVersion("etrade-prod")).toBeNull();
      for (let count = 0; count < 3; count += 1) await tokens.put("etrade-prod", aTokenSet());
      expect(await tokens.latestVersion("etrade-prod")).toBe(3);
      expect(await tokens.latestVersion("etrade-sandbox")).toBeNull();
    });

    it.each(["etrade-prod", "schwab-prod"])("destroys every version of %s and of no other", async (id) => {
      const tokens = await create();
      for (const token of ["a", "b", "c"]) await tokens.put(id, { ...aRefreshedTokenSet(), ...aTokenSet({ token }) });
      await tokens.put("etrade-sandbox", aTokenSet({ token: "kept" }));
      await tokens.remove(id);
      const left = await Promise.all([1, 2, 3].map((version) => tokens.read(id, version)));
      expect(left).toEqual([null, null, null]);
      expect((await tokens.read("etrade-sandbox", 1))?.accessToken.reveal()).toBe("kept");
    });

    it("takes it calmly that there is nothing to destroy", async () => {
      const tokens = await create();
      await tokens.remove("etrade-prod");
      expect(await tokens.latestVersion("etrade-prod")).toBeNull();
    });
  });
}
