// Locked in the chat, everything of a person stops: their sessions are over and nothing of theirs is renewed until a passkey, or
// the server's own terminal, unlocks it. Keep-alives go on: a thief gains nothing by them, and the owner would lose.
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

/** Does nothing where there is no such person. Locked again, it ends the sessions that began since. */
export async function lockPerson(
  deps: Pick<Dependencies, "clock" | "machineClock" | "records">,
  personId: string,
): Promise<void> {
  const now = deps.machineClock();
  await changePerson(deps, personId, (person) => {
    const text = `${person.name} locked everything: all sign-ins ended, renewals are refused.`;
    return {
      person: { ...person, lockedAt: person.lockedAt ?? now, sessionsEndedAt: now },
      journal: [{ at: deps.clock(), kind: "locked", connectionId: null, text }],
    };
  });
}
