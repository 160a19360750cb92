// A person calls one of their passkeys something else.
import type { Passkey } from "../domain/person.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

/** The passkey under its new name; null if the person has none of that id. */
export async function renamePasskey(
  deps: Pick<Dependencies, "clock" | "records">,
  personId: string,
  passkeyId: string,
  name: string,
): Promise<Passkey | null> {
  const changed = await changePerson(deps, personId, (person) => {
    const passkey = person.passkeys.find(({ id }) => id === passkeyId);
    if (passkey === undefined || passkey.name === name) return null;
    const text = `${person.name} called the passkey “${passkey.name}” “${name}”.`;
    return {
      person: { ...person, passkeys: person.passkeys.map((each) => (each === passkey ? { ...each, name } : each)) },
      journal: [{ at: deps.clock(), kind: "passkey-renamed", connectionId: null, text }],
    };
  });
  return changed?.passkeys.find(({ id }) => id === passkeyId) ?? null;
}
