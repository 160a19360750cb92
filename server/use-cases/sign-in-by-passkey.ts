// Signing in by passkey: whoever holds one of this site is found by it, nobody has to say who they are.
import type { AssertedCredential, RequestOptions } from "../domain/passkey.ts";
import type { Secret } from "../domain/secret.ts";
import { checkPasskey } from "./check-passkey.ts";
import type { Dependencies } from "./dependencies.ts";
import { giveChallenge } from "./passkey-challenge.ts";
import { openSession, type SignedIn } from "./sign-in.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "machineClock" | "random" | "records" | "sessions" | "webAuthn" | "log" | "nudge"
>;

export async function beginPasskeySignIn(deps: Needs): Promise<RequestOptions> {
  return deps.webAuthn.requestOptions(await giveChallenge(deps, { for: "sign-in" }), []);
}

/** The new session's secret for the cookie; null if the answer does not hold. `before`: see `openSession`. */
export async function finishPasskeySignIn(
  deps: Needs,
  asserted: AssertedCredential,
  before: SignedIn | null = null,
  device: string | null = null,
): Promise<Secret | null> {
  const person = await checkPasskey(deps, asserted, { for: "sign-in" }, null);
  if (person === null) return null;
  return openSession(deps, person, { door: "passkey", onlyFor: null, proven: true, before, device });
}
