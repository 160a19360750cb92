// Whether an answer is a fresh signature by somebody's passkey; if so, its use is written down.
import { type AssertedCredential, wentBack } from "../domain/passkey.ts";
import type { Passkey, Person } from "../domain/person.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";
import { tellOfPasskey } from "./note-entry.ts";
import { type ChallengeUse, spendChallenge, userHandle } from "./passkey-challenge.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "machineClock" | "random" | "records" | "sessions" | "webAuthn" | "log" | "nudge"
>;

type Refusal = "bad-challenge" | "unknown-passkey" | "not-genuine" | "wrong-person" | "copied-passkey";

/** Whose passkey it is; null if the answer does not hold, and the log says why. `of`: nobody else's will do. */
export async function checkPasskey(
  deps: Needs,
  asserted: AssertedCredential,
  use: ChallengeUse,
  of: string | null,
): Promise<Person | null> {
  const holder = holderOf(await deps.records.people(), asserted.id);
  const refuse = async (reason: Refusal, error?: unknown) => {
    deps.log.warn("passkey-refused", { reason, error });
    if (holder !== null) await tellOfPasskey(deps, holder.person, reason);
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
  if (used.verdict === "copied") {
    await warnOfCopy(deps, holder);
    return refuse("copied-passkey");
  }
  return used.person === null ? refuse("unknown-passkey") : used.person;
}

/** Once for each state of the counter: the journal is for good. */
async function warnOfCopy({ records, clock }: Needs, { person, passkey }: Holder): Promise<void> {
  const text = `The passkey “${passkey.name}” of ${person.name} was refused: it counts fewer uses than are known here, so somebody may have a copy. Remove it unless you know why.`;
  await records.commit({
    claims: [`copied/${passkey.id}/${passkey.counter}`],
    journal: [{ at: clock(), kind: "sign-in-refused", connectionId: null, text }],
  });
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

interface Holder {
  readonly person: Person;
  readonly passkey: Passkey;
}

function holderOf(people: readonly Person[], id: string): Holder | null {
  for (const person of people) {
    const passkey = person.removedAt === null ? person.passkeys.find((each) => each.id === id) : undefined;
    if (passkey !== undefined) return { person, passkey };
  }
  return null;
}
