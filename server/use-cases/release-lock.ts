// Ends what `/lock` in the chat began, once a passkey proved who is there: renewals are possible again.
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

/** False if nothing was locked. */
export async function releaseLock(deps: Pick<Dependencies, "clock" | "records">, personId: string): Promise<boolean> {
  const found = { locked: false };
  await changePerson(deps, personId, (person) => {
    found.locked = person.lockedAt !== null;
    if (!found.locked) return null;
    const text = `${person.name} unlocked with a passkey; renewals are possible again.`;
    return {
      person: { ...person, lockedAt: null },
      journal: [{ at: deps.clock(), kind: "unlocked", connectionId: null, text }],
    };
  });
  return found.locked;
}
