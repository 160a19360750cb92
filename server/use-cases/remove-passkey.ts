// A person removes one of their passkeys, perhaps because its device is lost: what it signed in ends with it.
import type { Secret } from "../domain/secret.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";
import { outliveOthers, type SignedIn } from "./sign-in.ts";

type Needs = Pick<Dependencies, "clock" | "machineClock" | "random" | "records" | "sessions" | "log" | "nudge">;

export type PasskeyRemoval =
  /** `left`: how many there are still. `secret`: of the session that goes on, for its cookie. */
  { readonly outcome: "removed"; readonly left: number; readonly secret: Secret } | { readonly outcome: "unknown" };

export async function removePasskey(
  deps: Needs,
  { person, session }: SignedIn,
  passkeyId: string,
): Promise<PasskeyRemoval> {
  if (person.passkeys.every(({ id }) => id !== passkeyId)) return { outcome: "unknown" };
  const changed = await changePerson(deps, person.id, (current) => {
    const passkey = current.passkeys.find(({ id }) => id === passkeyId);
    if (passkey === undefined) return null;
    const text = `${current.name} removed the passkey “${passkey.name}”; their sign-ins on other devices ended.`;
    return {
      person: {
        ...current,
        passkeys: current.passkeys.filter((each) => each !== passkey),
        sessionsEndedAt: deps.machineClock(),
      },
      journal: [{ at: deps.clock(), kind: "passkey-removed", connectionId: null, text }],
    };
  });
  if (changed === null) return { outcome: "unknown" };
  deps.log.info("passkey-removed");
  return { outcome: "removed", left: changed.passkeys.length, secret: await outliveOthers(deps, session) };
}
