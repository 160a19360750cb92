// A signed-in person proves that it is still them, before what only they may do.
import type { AssertedCredential, RequestOptions } from "../domain/passkey.ts";
import type { Secret } from "../domain/secret.ts";
import { checkPasskey } from "./check-passkey.ts";
import type { Dependencies } from "./dependencies.ts";
import { giveChallenge } from "./passkey-challenge.ts";
import { renewSession, type SignedIn } from "./sign-in.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "machineClock" | "random" | "records" | "sessions" | "webAuthn" | "log" | "nudge"
>;

/** Null where the person has no passkey to prove it with. */
export async function beginProof(deps: Needs, { person, session }: SignedIn): Promise<RequestOptions | null> {
  if (person.passkeys.length === 0) return null;
  const challenge = await giveChallenge(deps, { for: "prove", session: session.id });
  return deps.webAuthn.requestOptions(challenge, person.passkeys);
}

/** The session's new secret for the cookie; null, and noted, if the answer does not hold. */
export async function finishProof(
  deps: Needs,
  { person, session }: SignedIn,
  asserted: AssertedCredential,
): Promise<Secret | null> {
  const proven = await checkPasskey(deps, asserted, { for: "prove", session: session.id }, person.id);
  return proven === null ? null : renewSession(deps, session);
}
