import { randomUUID } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { Leases } from "../ports.ts";
import { toMillis } from "./epoch-millis.ts";
import { processLives } from "./private-file.ts";
import { query } from "./sqlite-query.ts";
import { transaction } from "./sqlite-transaction.ts";

export interface LeaseHolder {
  readonly pid: number;
  /** Tells two processes apart that were given the same pid one after the other. */
  readonly instance: string;
  /** Where the pid means something: computer, boot and pid namespace. */
  readonly place: string;
}

// Longer than any work done under a lease, broker calls with their time-outs included.
const leaseLifetime = Temporal.Duration.from({ minutes: 2 });

const lookEveryMs = 50;

const instance = randomUUID();

export function thisProcess(): LeaseHolder {
  const bootId = orEmpty(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim());
  const pidNamespace = orEmpty(() => readlinkSync("/proc/self/ns/pid"));
  return { pid: process.pid, instance, place: [hostname(), bootId, pidNamespace].join(" ") };
}

export function sqliteLeases(db: DatabaseSync, holder: LeaseHolder = thisProcess()): Leases {
  const select = query<LeaseHolder & { expires_at: number }>(
    db,
    "SELECT pid, instance, place, expires_at FROM leases WHERE name = ?",
  );
  const upsert = db.prepare(`
    INSERT INTO leases (name, token, pid, instance, place, expires_at)
    VALUES (:name, :token, :pid, :instance, :place, :expires_at)
    ON CONFLICT DO UPDATE SET token = excluded.token, pid = excluded.pid, instance = excluded.instance,
      place = excluded.place, expires_at = excluded.expires_at`);
  // By token: after a lapse the lease of the same name is somebody else's.
  const remove = db.prepare("DELETE FROM leases WHERE name = ? AND token = ?");

  /** The token of the lease taken; null while somebody else holds it. */
  function take(name: string, now: Temporal.Instant): string | null {
    const token = randomUUID();
    const held = select.get(name);
    if (held !== undefined && held.expires_at > toMillis(now) && !hasDied(held, holder)) return null;
    upsert.run({ name, token, ...holder, expires_at: toMillis(now.add(leaseLifetime)) });
    return token;
  }

  return {
    async acquire(name, now, patience) {
      const givesUpAt = performance.now() + (patience?.total("milliseconds") ?? 0);
      let token = unhurried(db, () => transaction(db, () => take(name, now)));
      while (token === null && performance.now() < givesUpAt) {
        await pause(lookEveryMs);
        token = unhurried(db, () => transaction(db, () => take(name, now)));
      }
      if (token === null) return null;
      const mine = token;
      return async () => {
        unhurried(db, () => remove.run(name, mine));
      };
    },
  };
}

/** Does not wait for the disk: a power cut that undoes a lease has ended its holder too (sqlite.org/pragma.html#pragma_synchronous). */
function unhurried<T>(db: DatabaseSync, work: () => T): T {
  const usual = Number(db.prepare("PRAGMA synchronous").get()?.["synchronous"]);
  db.exec("PRAGMA synchronous = NORMAL");
  try {
    return work();
  } finally {
    db.exec(`PRAGMA synchronous = ${usual}`);
  }
}

/** Sure knowledge only; when in doubt the lease has to lapse. */
function hasDied(held: LeaseHolder, asking: LeaseHolder): boolean {
  if (held.place !== asking.place) return false;
  if (held.pid === asking.pid) return held.instance !== asking.instance;
  return !processLives(held.pid);
}

// Only Linux has these files; elsewhere the host name alone has to do.
function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
