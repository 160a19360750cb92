// Pure. Which drill is still under way, and when the next one can be.
import type { DrillView } from "../../server/http/contract-drills.ts";

export function isOpen(drill: DrillView | undefined): boolean {
  return drill?.state === "planned" || drill?.state === "running";
}

/** The next time the device's clock shows "HH:MM". */
export function nextAt(time: string, now: Date): Date {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  const at = new Date(now);
  at.setHours(hours, minutes, 0, 0);
  if (at <= now) at.setDate(at.getDate() + 1);
  return at;
}
