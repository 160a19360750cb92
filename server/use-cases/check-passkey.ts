// Whether an answer is a fresh signature by somebody's passkey; if so, its use is written down.
import { type AssertedCredential, wentBack } from "../domain/passkey.ts";
import type { Passkey, Person } from "../domain/person.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";
import { type EntryRefusal, noteRefusedEntry } from "./note-refused-entry.ts";
import { type ChallengeUse, spendChallenge, userHandle } from "./passkey-challenge.ts";

type Needs = Pick<Dependencies, "clock" | "machineClock" | "random" | "records" | "sessions" | "webAuthn" | "log">;

/** Whose passkey it is; null, and noted, if the answer does not hold. `of`: nobody else's will do. */
export async function checkPasskey(
  deps: Needs,
  asserted: AssertedCredential,
  use: ChallengeUse,
  of: string | null,
): Promise<Person | null> {
  const holder = holderOf(await deps.records.people(), asserted.id);
  const known = holder === null ? null : { person: holder.person.name, passkey: holder.passkey.name };
  const refuse = async (reason: EntryRefusal, fault?: unknown) => {
    await noteRefusedEntry(deps, reason, known, fault);
    return null;
  };

  const challenge = await spendChallenge(deps, asserted, use);
  if (challenge === null) return refuse("bad-challenge");
  if (holder === null) return refuse("unknown-passkey");
  const answer = await deps.webAuthn.verifyAsserted(asserted, challenge, holder.passkey);
  if (!answer.ok) return refuse("not-genuine", answer.fault);
  const { handle, counter, backedUp } = answer.value;
  if (handle !== null && handle !== userHandle(deps, holder.person)) return refuse("not-genuine", "Another handle.");
  if (of !== null && holder.person.id !== of) return refuse("wrong-person");

  const used = await noteUse(deps, holder.person.id, { id: asserted.id, counter, backedUp });
  if (used.verdict === "copied") return refuse("copied-passkey");
  return used.person === null ? refuse("unknown-passkey") : used.person;
}

interface Use {
  verdict: "used" | "copied" | "gone";
  person: Person | null;
}

async function noteUse(
  deps: Needs,
  personId: string,
  { id, counter, backedUp }: Pick<Passkey, "id" | "counter" | "backedUp">,
): Promise<Use> {
  const lastUsedAt = deps.machineClock();
  const use: Use = { verdict: "gone", person: null };
  const changed = await changePerson(deps, personId, (current) => {
    // Of two answers at once the second has to count on from the first.
    const passkey = current.passkeys.find((each) => each.id === id);
    use.verdict = passkey === undefined ? "gone" : wentBack(passkey.counter, counter) ? "copied" : "used";
    if (passkey === undefined || use.verdict !== "used") return null;
    const passkeys = current.passkeys.map((each) =>
      each === passkey ? { ...passkey, counter, backedUp, lastUsedAt } : each,
    );
    return { person: { ...current, passkeys } };
  });
  if (changed !== null && use.verdict === "used") use.person = changed;
  return use;
}

function holderOf(people: readonly Person[], id: string): { person: Person; passkey: Passkey } | null {
  for (const person of people) {
    const passkey = person.removedAt === null ? person.passkeys.find((each) => each.id === id) : undefined;
    if (passkey !== undefined) return { person, passkey };
  }
  return null;
}
