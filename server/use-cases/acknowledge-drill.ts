// "I'm on it" under a fire drill's alert. It holds back nothing: a drill rings once, and no real reminder knows of it.
import type { Drill } from "../domain/drill.ts";
import type { Dependencies } from "./dependencies.ts";

const maxTries = 5;

/** False where no such drill of theirs runs. A second tap changes nothing. */
export async function acknowledgeDrill(
  deps: Pick<Dependencies, "clock" | "records" | "nudge">,
  drillId: string,
  personId: string,
): Promise<boolean> {
  for (let attempt = 1; attempt <= maxTries; attempt += 1) {
    const [drill] = await deps.records.drills(1);
    if (drill?.id !== drillId || drill.personId !== personId || drill.state !== "running") return false;
    if (drill.steps.acknowledgedAt !== null) return true;
    const answered: Drill = { ...drill, steps: { ...drill.steps, acknowledgedAt: deps.clock() } };
    if ((await deps.records.commit({ drill: answered })) === "committed") {
      deps.nudge();
      return true;
    }
  }
  throw new Error(`The record of the fire drill kept changing; gave up after ${maxTries} tries.`);
}
