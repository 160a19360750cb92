// The way back for whoever lost every device: at the server's own terminal all their passkeys are forgotten, and their sign-ins
// end. The next one-time link then counts as the first one did.
import { refuse, type Refusal } from "../domain/refusal.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

export async function forgetPasskeys(
  deps: Pick<Dependencies, "clock" | "machineClock" | "records">,
  personId: string,
): Promise<{ readonly outcome: "forgotten" } | Refusal> {
  const person = await changePerson(deps, personId, (current) => {
    const count = current.passkeys.length;
    if (count === 0) return null;
    const text = `${current.name}: ${count === 1 ? "the one passkey was" : `all ${count} passkeys were`} forgotten at the server's terminal; their sign-ins ended.`;
    return {
      person: { ...current, passkeys: [], sessionsEndedAt: deps.machineClock() },
      journal: [{ at: deps.clock(), kind: "passkey-removed", connectionId: null, text }],
    };
  });
  return person === null ? refuse("unknown-person") : { outcome: "forgotten" };
}
