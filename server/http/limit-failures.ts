// Rate limits on the doors: one bucket each for everybody together, because who calls can't be told apart before they are in.
// In memory, so each instance has its own: what is guarded are secrets of 256 bits, and our own work.
import type { Context, MiddlewareHandler } from "hono";
import { type Bucket, type Limit, secondsShut, withFailure } from "../domain/rate-limit.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { Env } from "./caller.ts";
import { problem } from "./problem.ts";

const tenMinutes = Temporal.Duration.from({ minutes: 10 });

/** The passkey door has a bucket of its own: whoever guesses at another door can't shut this one. */
const limits = {
  link: { failures: 20, per: tenMinutes },
  passkey: { failures: 60, per: tenMinutes },
  telegram: { failures: 60, per: tenMinutes },
  "api-token": { failures: 100, per: tenMinutes },
} as const satisfies Record<string, Limit>;

export type LimitedDoor = keyof typeof limits;

/** Answers by which a door says that somebody has not got the key. */
const refusals: ReadonlySet<number> = new Set([400, 401, 403, 410, 413, 415, 422]);

export interface Limiter {
  /** `knows`: whether the caller shows what only its owner can know, and so is looked at even while the door is shut. */
  limit(door: LimitedDoor, knows?: (c: Context<Env>) => Promise<boolean>): MiddlewareHandler<Env>;
}

export function createLimiter(deps: Pick<Dependencies, "machineClock" | "log">): Limiter {
  const buckets = new Map<LimitedDoor, Bucket>();

  return {
    limit: (door, knows) => async (c, next) => {
      const seconds = secondsShut(buckets.get(door) ?? null, limits[door], deps.machineClock());
      if (seconds > 0 && !((await knows?.(c)) ?? false)) {
        c.header("Retry-After", String(seconds));
        return problem(
          c,
          429,
          "too-many-failures",
          `Too many attempts failed here. Try again in ${waitWords(seconds)}.`,
        );
      }
      await next();
      if (!refusals.has(c.res.status)) return;
      const now = deps.machineClock();
      const bucket = withFailure(buckets.get(door) ?? null, limits[door], now);
      buckets.set(door, bucket);
      // Once, when it fills: a line for each guess would be a guesser's to write.
      if (bucket.failures === limits[door].failures)
        deps.log.warn("door-shut", { reason: door, count: bucket.failures });
    },
  };
}

function waitWords(seconds: number): string {
  return seconds < 60 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}
