// Somebody wants a fire drill, now or at a time within a day.
import { isLocked } from "../domain/access.ts";
import { type Drill, isOpenDrill, longestAhead, newDrill } from "../domain/drill.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { newYorkMoment } from "../domain/time-words.ts";
import type { Dependencies } from "./dependencies.ts";
import { underLease } from "./exclusively.ts";
import { isReallyNeeded, ringDrill } from "./ring-drill.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "random" | "providers" | "records" | "leases" | "drillBroker" | "log" | "nudge"
>;

export interface DrillWish {
  readonly personId: string;
  /** Null: now. */
  readonly dueAt: Temporal.Instant | null;
}

/** Whoever picks this very minute means now. */
const aMoment = Temporal.Duration.from({ minutes: 1 });

export async function planDrill(
  deps: Needs,
  { personId, dueAt }: DrillWish,
): Promise<{ readonly outcome: "planned"; readonly drill: Drill } | Refusal> {
  // The clockwork rings under the same lease: two can't be open at a time.
  return underLease(deps, "drills", async () => {
    const now = deps.clock();
    const at = dueAt ?? now;
    if (Temporal.Instant.compare(at, now.subtract(aMoment)) < 0) return refuse("drill-time");
    if (Temporal.Instant.compare(at, now.add(longestAhead)) > 0) return refuse("drill-time");
    const [[newest], people] = await Promise.all([deps.records.drills(1), deps.records.people()]);
    if (newest !== undefined && isOpenDrill(newest)) return refuse("drill-open");
    if (isLocked(people, { ownerId: personId, sharedWith: [] }, personId)) return refuse("locked");
    const rings = Temporal.Instant.compare(at, now) <= 0;
    if (rings && (await isReallyNeeded(deps, personId, now))) return refuse("drill-real-need");
    const drill = newDrill({
      id: deps.random.id(),
      personId,
      createdAt: now,
      dueAt: at,
      tokenVersion: newest?.tokenVersion ?? 0,
    });
    const text = `A fire drill was planned for ${rings ? "now" : newYorkMoment(at)}.`;
    await deps.records.commit({ drill, journal: [{ at: now, kind: "drill-planned", connectionId: null, text }] });
    const planned = { ...drill, revision: 1 };
    return { outcome: "planned", drill: rings ? ((await ringDrill(deps, planned)) ?? planned) : planned };
  });
}
