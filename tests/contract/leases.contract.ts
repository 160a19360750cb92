import { describe, expect, it } from "vitest";
import type { Leases } from "../../server/ports.ts";
import { now } from "./drafts.ts";

export function testLeases(create: () => Leases | Promise<Leases>): void {
  describe("Leases", () => {
    it("has one holder at a time", async () => {
      const leases = await create();
      const all = await Promise.all([1, 2, 3].map(() => leases.acquire("renew", now)));
      expect(all.filter((release) => release !== null)).toHaveLength(1);
    });

    it("is free again once given back", async () => {
      const leases = await create();
      const release = await leases.acquire("renew", now);
      await release?.();
      expect(await leases.acquire("renew", now)).not.toBeNull();
    });

    it("lets the patient wait for its end, and no longer than their patience", async () => {
      const leases = await create();
      const release = await leases.acquire("renew", now);
      const waiting = leases.acquire("renew", now, Temporal.Duration.from({ seconds: 5 }));
      expect(await leases.acquire("renew", now, Temporal.Duration.from({ milliseconds: 1 }))).toBeNull();
      await release?.();
      expect(await waiting).not.toBeNull();
    });

    it("holds each name by itself", async () => {
      const leases = await create();
      await leases.acquire("connection/etrade-prod", now);
      expect(await leases.acquire("connection/etrade-sandbox", now)).not.toBeNull();
    });

    it("lapses after two minutes", async () => {
      const leases = await create();
      await leases.acquire("renew", now);
      expect(await leases.acquire("renew", now.add({ seconds: 119 }))).toBeNull();
      expect(await leases.acquire("renew", now.add({ seconds: 120 }))).not.toBeNull();
    });

    it("leaves the next holder's lease alone when a lapsed one is given back", async () => {
      const leases = await create();
      const lapsed = await leases.acquire("renew", now);
      const later = now.add({ minutes: 3 });
      await leases.acquire("renew", later);
      await lapsed?.();
      expect(await leases.acquire("renew", later)).toBeNull();
    });

    it("bears being given back twice", async () => {
      const leases = await create();
      const release = await leases.acquire("renew", now);
      await release?.();
      const next = await leases.acquire("renew", now);
      await release?.();
      expect(next).not.toBeNull();
      expect(await leases.acquire("renew", now)).toBeNull();
    });
  });
}
