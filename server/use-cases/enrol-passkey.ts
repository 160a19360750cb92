// A person adds a passkey: the browser is asked to create one, and what it created is checked and kept.
import { type CreatedCredential, type CreationOptions, maxPasskeys, passkeyName } from "../domain/passkey.ts";
import type { Passkey } from "../domain/person.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";
import { giveChallenge, spendChallenge, userHandle } from "./passkey-challenge.ts";
import type { SignedIn } from "./sign-in.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "machineClock" | "random" | "records" | "sessions" | "webAuthn" | "log" | "nudge"
>;

export async function beginEnrolment(deps: Needs, { person, session }: SignedIn): Promise<CreationOptions> {
  const challenge = await giveChallenge(deps, { for: "enrol", session: session.id });
  return deps.webAuthn.creationOptions(
    challenge,
    { handle: userHandle(deps, person), name: person.name },
    person.passkeys,
  );
}

export type Enrolment =
  | { readonly outcome: "enrolled"; readonly passkey: Passkey }
  /** `taken`: it is somebody's already. `not-genuine`: late, used before, or not made for this site by a verified person. */
  | { readonly outcome: "refused"; readonly reason: "not-genuine" | "taken" | "too-many" };

/** What to call it; null: after `device`, which is what the browser says it runs on. */
interface Wish {
  readonly name: string | null;
  readonly device: string | null;
}

export async function finishEnrolment(
  deps: Needs,
  { person, session }: SignedIn,
  created: CreatedCredential,
  wish: Wish,
): Promise<Enrolment> {
  const challenge = await spendChallenge(deps, created, { for: "enrol", session: session.id });
  const answer =
    challenge === null
      ? { ok: false as const, fault: "The challenge is unknown, late, spent, or another session's." }
      : await deps.webAuthn.verifyCreated(created, challenge);
  if (!answer.ok) {
    deps.log.warn("passkey-not-enrolled", { error: answer.fault });
    return { outcome: "refused", reason: "not-genuine" };
  }
  const everybody = await deps.records.people();
  if (everybody.some(({ passkeys }) => passkeys.some(({ id }) => id === answer.value.id)))
    return { outcome: "refused", reason: "taken" };

  const passkey = await keep(deps, person.id, answer.value, wish);
  if (passkey === null) return { outcome: "refused", reason: "too-many" };
  deps.log.info("passkey-enrolled");
  return { outcome: "enrolled", passkey };
}

/** Null if there are too many already. */
async function keep(
  deps: Needs,
  personId: string,
  credential: Omit<Passkey, "name" | "createdAt" | "lastUsedAt">,
  wish: Wish,
): Promise<Passkey | null> {
  const createdAt = deps.machineClock();
  const changed = await changePerson(deps, personId, (current) => {
    if (current.passkeys.length >= maxPasskeys) return null;
    const name = wish.name ?? passkeyName(wish.device, current.passkeys);
    const text = `${current.name} added the passkey “${name}”.`;
    return {
      person: { ...current, passkeys: [...current.passkeys, { ...credential, name, createdAt, lastUsedAt: null }] },
      journal: [{ at: deps.clock(), kind: "passkey-added", connectionId: null, text }],
    };
  });
  return changed?.passkeys.find(({ id }) => id === credential.id) ?? null;
}
