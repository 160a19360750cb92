// Who has a passkey proves a hand-over from Telegram with it: the chat alone then opens nothing.
import type { AssertedCredential, RequestOptions } from "../domain/passkey.ts";
import type { Person } from "../domain/person.ts";
import type { Secret } from "../domain/secret.ts";
import { checkPasskey } from "./check-passkey.ts";
import type { Dependencies } from "./dependencies.ts";
import { enterHandedOver, type HandedOver, readHandedOver } from "./hand-over.ts";
import { type ChallengeUse, giveChallenge } from "./passkey-challenge.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "machineClock" | "random" | "sessions" | "records" | "providers" | "webAuthn" | "log" | "nudge"
>;

export async function beginHandOverProof(deps: Needs, { person, connection }: HandedOver): Promise<RequestOptions> {
  const challenge = await giveChallenge(deps, use(person.id, connection.id));
  return deps.webAuthn.requestOptions(challenge, person.passkeys);
}

/** The session's secret for the cookie; null, and noted, if the answer is not that person's, or not for that connection. */
export async function finishHandOverProof(
  deps: Needs,
  connectionId: string,
  asserted: AssertedCredential,
  device: string | null,
): Promise<{ readonly cookie: Secret; readonly handed: HandedOver } | "locked" | null> {
  const holds = ({ passkeys, removedAt }: Person) =>
    removedAt === null && passkeys.some(({ id }) => id === asserted.id);
  const personId = (await deps.records.people()).find(holds)?.id ?? "";
  // The challenge was given out for one person and one connection, and is found for no other.
  if ((await checkPasskey(deps, asserted, use(personId, connectionId), personId)) === null) return null;
  const handed = await readHandedOver(deps, { personId, connectionId }, device);
  if (handed === "spent") return null;
  return handed === "locked"
    ? handed
    : { handed, cookie: await enterHandedOver(deps, handed, { proven: true, device }) };
}

function use(personId: string, connectionId: string): ChallengeUse {
  return { for: "hand-over", session: `${personId} ${connectionId}` };
}
