// Where a person has no passkey: the page shows a number, their chat offers three, and only the right tap lets the page in.
import { drawNumbers, matchLife, mostWrong, wrongClaims } from "../domain/hand-over.ts";
import type { Person } from "../domain/person.ts";
import type { Secret } from "../domain/secret.ts";
import { DeliveryError } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";
import { enterHandedOver, type HandedOver, readHandedOver } from "./hand-over.ts";
import { markedSecret } from "./marked-secret.ts";
import { noteEntry } from "./note-entry.ts";

type Needs = Pick<
  Dependencies,
  | "clock"
  | "machineClock"
  | "random"
  | "sessions"
  | "records"
  | "providers"
  | "readInitData"
  | "notifierFor"
  | "wording"
  | "log"
  | "nudge"
>;

/** The number for the page, and the secret by which it asks whether it was tapped. */
export type Match =
  | { readonly outcome: "shown"; readonly number: number; readonly secret: Secret }
  | { readonly outcome: "too-many-wrong" | "chat-unreachable" };

export async function showNumber(
  deps: Needs,
  { person, connection }: HandedOver,
  device: string | null,
): Promise<Match> {
  const { chatId } = person;
  // Without a bot nobody is there to ask.
  if (deps.readInitData === null || chatId === null) return { outcome: "chat-unreachable" };
  const now = deps.machineClock();
  if ((await deps.records.takenClaims(wrongClaims(person.id, now).known)).size >= mostWrong) {
    await noteEntry(deps, person, { door: "telegram", outcome: "too-many-wrong", device });
    return { outcome: "too-many-wrong" };
  }
  const { shown, offered } = drawNumbers((count) => deps.random.below(count));
  const [id, secret] = [deps.random.id(), markedSecret(deps.random)];
  const facts = { personId: person.id, connectionId: connection.id, number: `${shown}` };
  await deps.sessions.addOneTime({
    purpose: "match",
    digest: tapDigest(deps, id, person),
    facts: { ...facts, page: deps.random.digest(secret.reveal()), device: device ?? "" },
    expiresAt: now.add(matchLife),
  });
  const notice = { kind: "match", id, numbers: offered, connection: connection.id, device } as const;
  const identities = new Map([...deps.providers].map(([each, { identity }]) => [each, identity]));
  try {
    await deps.notifierFor({ kind: "telegram", id: "telegram", chatId }).send(
      deps.wording(notice, {
        now: deps.clock(),
        identities,
        statuses: new Map(),
        connections: new Map(),
        confirmations: [],
        reader: person,
      }),
    );
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    deps.log.warn("number-not-asked", { error });
    return { outcome: "chat-unreachable" };
  }
  return { outcome: "shown", number: shown, secret };
}

export type TapResult = "approved" | "wrong" | "not-me" | "lapsed";

/** `person`: who tapped. `number`: null for "It wasn't me". Whatever it is, that person's first tap is the last. */
export async function tapNumber(deps: Needs, person: Person, id: string, number: number | null): Promise<TapResult> {
  const now = deps.machineClock();
  const facts = await deps.sessions.spendOneTime("match", tapDigest(deps, id, person), now);
  if (facts === null) return "lapsed";
  const result = number === null ? "not-me" : `${number}` === facts["number"] ? "approved" : "wrong";
  await deps.sessions.addOneTime({
    purpose: "match-approved",
    digest: facts["page"] ?? "",
    facts: { ...facts, result },
    expiresAt: now.add(matchLife),
  });
  if (result === "approved") return result;
  await countWrong(deps, person.id, now);
  const device = facts["device"] || null;
  await noteEntry(deps, person, {
    door: "telegram",
    outcome: result === "wrong" ? "wrong-number" : "not-me",
    device,
  });
  return result;
}

export type Collected =
  | { readonly outcome: "waiting" }
  | { readonly outcome: "refused" }
  | { readonly outcome: "entered"; readonly cookie: Secret; readonly handed: HandedOver };

/** What became of the number, as its page asks every second or two. */
export async function collectMatch(deps: Needs, secret: string, device: string | null): Promise<Collected> {
  const digest = deps.random.digest(secret);
  const facts = await deps.sessions.spendOneTime("match-approved", digest, deps.machineClock());
  if (facts === null) return { outcome: "waiting" };
  if (facts["result"] !== "approved") return { outcome: "refused" };
  const handed = await readHandedOver(deps, facts, device);
  if (typeof handed === "string") return { outcome: "refused" };
  return { outcome: "entered", handed, cookie: await enterHandedOver(deps, handed, { proven: false, device }) };
}

/** With the person in it, so that nobody else's tap finds it, or spends it. */
function tapDigest({ random }: Needs, id: string, person: Person): string {
  return random.digest(`${id} ${person.id}`);
}

async function countWrong({ records }: Needs, personId: string, now: Temporal.Instant): Promise<void> {
  for (const claim of wrongClaims(personId, now).next)
    // oxlint-disable-next-line no-await-in-loop -- the first that is free
    if ((await records.commit({ claims: [claim] })) === "committed") return;
}
