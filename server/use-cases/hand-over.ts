// From Telegram to the system browser: a link that is good once, for one person and the renewal of one connection.
import { isLocked, mayOn } from "../domain/access.ts";
import type { Connection } from "../domain/connection.ts";
import { handOverLife } from "../domain/hand-over.ts";
import { type Person, presentPerson } from "../domain/person.ts";
import type { Secret } from "../domain/secret.ts";
import type { OneTime } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";
import { markedSecret } from "./marked-secret.ts";
import { noteEntry } from "./note-entry.ts";
import { openSession } from "./sign-in.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "machineClock" | "random" | "sessions" | "records" | "providers" | "log" | "nudge"
>;

/** Who was handed over, and for what. */
export interface HandedOver {
  readonly person: Person;
  readonly connection: Connection;
}

/** spent: used, late, never given, or what it was for is gone · somebody-else: this browser belongs to another person. */
export type HandOverFault = "spent" | "locked" | "somebody-else";

/** A fresh secret for the link's fragment. */
export async function mintHandOver(deps: Needs, personId: string, connectionId: string): Promise<Secret> {
  const secret = markedSecret(deps.random);
  await deps.sessions.addOneTime({
    purpose: "hand-over",
    digest: deps.random.digest(secret.reveal()),
    facts: { personId, connectionId },
    expiresAt: deps.machineClock().add(handOverLife),
  });
  return secret;
}

/**
 * Spends the link. `here`: who is signed in in that browser. Somebody else's link would have them log in at their broker for
 * a stranger (the session fixation of OAuth 1.0, 2009).
 */
export async function spendHandOver(
  deps: Needs,
  token: string,
  here: Person | null,
  device: string | null,
): Promise<HandedOver | HandOverFault> {
  const facts = await deps.sessions.spendOneTime("hand-over", deps.random.digest(token), deps.machineClock());
  const handed = facts === null ? "spent" : await readHandedOver(deps, facts, device);
  if (typeof handed === "string") deps.log.info("hand-over-refused", { reason: handed });
  else if (here !== null && here.id !== handed.person.id) return "somebody-else";
  return handed;
}

/** What such facts stand for today: people and rights may have changed since they were written. */
export async function readHandedOver(
  deps: Needs,
  facts: OneTime["facts"],
  device: string | null,
): Promise<HandedOver | Extract<HandOverFault, "spent" | "locked">> {
  const [people, connection] = await Promise.all([
    deps.records.people(),
    deps.records.connection(facts["connectionId"] ?? ""),
  ]);
  const person = presentPerson(people, facts["personId"] ?? "");
  if (person === null || connection === null || !deps.providers.has(connection.id)) return "spent";
  if (!mayOn(person, connection, "renew")) return "spent";
  if (!isLocked(people, connection, person.id)) return { person, connection };
  await noteEntry(deps, person, { door: "telegram", outcome: "locked", device });
  return "locked";
}

/** The session's secret for the cookie: fifteen minutes, this renewal and nothing else. `proven`: by a passkey. */
export async function enterHandedOver(
  deps: Needs,
  { person, connection }: HandedOver,
  way: { readonly proven: boolean; readonly device: string | null },
): Promise<Secret> {
  return openSession(deps, person, { door: "telegram", onlyFor: connection.id, ...way });
}
