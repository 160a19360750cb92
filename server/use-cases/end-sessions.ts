// Signs a person out everywhere.
import { refuse, type Refusal } from "../domain/refusal.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

export async function endSessions(
  deps: Pick<Dependencies, "clock" | "machineClock" | "records">,
  personId: string,
): Promise<{ readonly outcome: "ended" } | Refusal> {
  const person = await changePerson(deps, personId, (current) => ({
    person: { ...current, sessionsEndedAt: deps.machineClock() },
    journal: [
      { at: deps.clock(), kind: "signed-out", connectionId: null, text: `${current.name} was signed out everywhere.` },
    ],
  }));
  return person === null ? refuse("unknown-person") : { outcome: "ended" };
}
