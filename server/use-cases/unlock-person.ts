// Ends, at the server's terminal, what `/lock` in the chat began: renewals are possible again.
import { refuse, type Refusal } from "../domain/refusal.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

export async function unlockPerson(
  deps: Pick<Dependencies, "clock" | "records">,
  personId: string,
): Promise<{ readonly outcome: "unlocked" } | Refusal> {
  const person = await changePerson(deps, personId, (current) => {
    if (current.lockedAt === null) return null;
    const text = `${current.name} was unlocked at the server's terminal; renewals are possible again.`;
    return {
      person: { ...current, lockedAt: null },
      journal: [{ at: deps.clock(), kind: "unlocked", connectionId: null, text }],
    };
  });
  return person === null ? refuse("unknown-person") : { outcome: "unlocked" };
}
