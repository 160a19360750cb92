import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Firestore } from "@google-cloud/firestore";
import type { Leases } from "../ports.ts";
import { collection, documentId, purging } from "./firestore-layout.ts";
import { readOne } from "./firestore-reads.ts";
import { inTransaction } from "./firestore-transaction.ts";
import { fromStored, toStored } from "./firestore-values.ts";

// Longer than any work done under a lease, broker calls with their time-outs included.
const leaseLifetime = Temporal.Duration.from({ minutes: 2 });

// Each look is a read that costs.
const lookEveryMs = 250;

interface Lease {
  readonly name: string;
  readonly token: string;
  readonly expiresAt: Temporal.Instant;
}

export function firestoreLeases(db: Firestore): Leases {
  const reference = (name: string) => collection(db, "leases").doc(documentId(name));

  /** Whether the lease is ours now. */
  async function take(name: string, token: string, now: Temporal.Instant): Promise<boolean> {
    const expiresAt = now.add(leaseLifetime);
    return inTransaction(db, async (transaction) => {
      const data = (await transaction.get(reference(name))).data();
      const held = data === undefined ? null : fromStored<Lease>(data);
      // An earlier attempt got through, and only its answer was lost.
      if (held?.token === token) return true;
      if (isHeld(held, now)) return false;
      transaction.set(reference(name), toStored({ name, token, expiresAt, ...purging("leases", expiresAt) }));
      return true;
    });
  }

  /** By token: after a lapse the lease of the same name is somebody else's. */
  async function giveBack(name: string, token: string): Promise<void> {
    await inTransaction(db, async (transaction) => {
      const data = (await transaction.get(reference(name))).data();
      if (data !== undefined && fromStored<Lease>(data).token === token) transaction.delete(reference(name));
    });
  }

  return {
    async acquire(name, now, patience) {
      const token = randomUUID();
      const givesUpAt = performance.now() + (patience?.total("milliseconds") ?? 0);
      let isMine = await take(name, token, now);
      while (!isMine && performance.now() < givesUpAt) {
        await pause(lookEveryMs);
        // A look costs no transaction.
        if (!isHeld(await readOne<Lease>(reference(name)), now)) isMine = await take(name, token, now);
      }
      if (!isMine) return null;
      return async () => {
        // The work under it is done and must not look failed; a lease that is not given back lapses.
        await giveBack(name, token).catch(() => {});
      };
    },
  };
}

function isHeld(lease: Lease | null, now: Temporal.Instant): boolean {
  return lease !== null && Temporal.Instant.compare(lease.expiresAt, now) > 0;
}
