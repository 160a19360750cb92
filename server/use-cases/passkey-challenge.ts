// What an authenticator signs: kept here by its digest, good once, for two minutes, and only for what it was given out for.
import { challengeLimit } from "../domain/passkey.ts";
import type { Person } from "../domain/person.ts";
import type { Dependencies } from "./dependencies.ts";

/** `session`: the one that asked, by its id; a sign-in has none yet. */
export type ChallengeUse =
  | { readonly for: "sign-in" }
  | { readonly for: "enrol"; readonly session: string }
  | { readonly for: "prove"; readonly session: string }
  /** Here `session` names who was handed over, and for what. */
  | { readonly for: "hand-over"; readonly session: string };

type Needs = Pick<Dependencies, "machineClock" | "random" | "sessions" | "webAuthn">;

export async function giveChallenge(deps: Needs, use: ChallengeUse): Promise<string> {
  const challenge = deps.random.bearer().reveal();
  await deps.sessions.addOneTime({
    purpose: "challenge",
    digest: deps.random.digest(challenge),
    facts: use,
    expiresAt: deps.machineClock().add(challengeLimit),
  });
  return challenge;
}

/** The challenge that the answer names, if it was given out for that use; it is spent whatever comes of it. Else null. */
export async function spendChallenge(
  deps: Needs,
  answer: { readonly clientDataJSON: string },
  use: ChallengeUse,
): Promise<string | null> {
  const challenge = deps.webAuthn.challengeOf(answer);
  if (challenge === null) return null;
  const facts = await deps.sessions.spendOneTime("challenge", deps.random.digest(challenge), deps.machineClock());
  const session = "session" in use ? use.session : undefined;
  return facts !== null && facts["for"] === use.for && facts["session"] === session ? challenge : null;
}

/** How authenticators tell people apart: says nothing about them, and is another one in every installation. */
export function userHandle({ random }: Pick<Dependencies, "random">, { id }: Pick<Person, "id">): string {
  return random.fingerprint(`passkeys of ${id}`).slice(0, 64);
}
