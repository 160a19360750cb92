// Leases that know how many of them this process holds, so that an orderly stop can let the work under them finish.
import { setTimeout as pause } from "node:timers/promises";
import type { Leases } from "../ports.ts";

const lookEveryMs = 20;

export interface CountedLeases {
  readonly leases: Leases;
  /** Resolves when none is held, or when `patience` is over. */
  idle(patience: Temporal.Duration): Promise<void>;
}

export function countedLeases(inner: Leases): CountedLeases {
  const held = new Set<symbol>();
  return {
    leases: {
      async acquire(name, now, patience) {
        const release = await inner.acquire(name, now, patience);
        if (release === null) return null;
        const mine = Symbol(name);
        held.add(mine);
        return async () => {
          await release();
          held.delete(mine);
        };
      },
    },
    async idle(patience) {
      const givesUpAt = performance.now() + patience.total("milliseconds");
      while (held.size > 0 && performance.now() < givesUpAt) await pause(lookEveryMs);
    },
  };
}
