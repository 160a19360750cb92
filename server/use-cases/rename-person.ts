// Calls a person something else.
import { type Person, personCalled } from "../domain/person.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

export async function renamePerson(
  deps: Pick<Dependencies, "clock" | "records">,
  personId: string,
  name: string,
): Promise<{ readonly outcome: "changed"; readonly person: Person } | Refusal> {
  const namesake = personCalled(await deps.records.people(), name);
  if (namesake !== null && namesake.id !== personId) return refuse("name-taken");
  const person = await changePerson(deps, personId, (current) => {
    if (current.name === name) return null;
    const text = `${current.name} is called ${name} now.`;
    return {
      person: { ...current, name },
      journal: [{ at: deps.clock(), kind: "person-changed", connectionId: null, text }],
    };
  });
  return person === null ? refuse("unknown-person") : { outcome: "changed", person };
}
