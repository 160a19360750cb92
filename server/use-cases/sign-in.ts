// Web sessions: how one is opened, found again, proven anew and ended. Only digests are stored. They live by the machine's own
// time, which no rehearsal moves.
import { type Person, presentPerson } from "../domain/person.ts";
import type { Secret } from "../domain/secret.ts";
import {
  absoluteLimit,
  handedOverLimit,
  isLive,
  isSeenStale,
  linkProofLimit,
  type WebSession,
} from "../domain/web-session.ts";
import { actingAs } from "./acting-as.ts";
import type { Dependencies } from "./dependencies.ts";
import { noteEntry } from "./note-entry.ts";

type Needs = Pick<Dependencies, "machineClock" | "clock" | "random" | "sessions" | "records" | "log" | "nudge">;

/** A person who is signed in, and by which session. */
export interface SignedIn {
  readonly person: Person;
  readonly session: WebSession;
}

/** A fresh one-time secret for the fragment of a sign-in link. OWASP ASVS 6.5.5 allows it ten minutes. */
export async function createLink(deps: Needs, personId: string): Promise<Secret> {
  const secret = deps.random.bearer();
  await deps.sessions.addOneTime({
    purpose: "link",
    digest: deps.random.digest(secret.reveal()),
    facts: { personId },
    expiresAt: deps.machineClock().add(linkProofLimit),
  });
  return secret;
}

/** Signs the link's person in; null if the link is spent, late or was never given. Spent by POST, once. `before`: see `openSession`. */
export async function spendLink(
  deps: Needs,
  token: string,
  before: SignedIn | null = null,
  device: string | null = null,
): Promise<{ secret: Secret; person: Person } | null> {
  const facts = await deps.sessions.spendOneTime("link", deps.random.digest(token), deps.machineClock());
  if (facts === null) return null;
  const person = presentPerson(await deps.records.people(), facts["personId"] ?? "");
  if (person === null) return null;
  return {
    secret: await openSession(deps, person, { door: "link", onlyFor: null, proven: false, before, device }),
    person,
  };
}

/**
 * The new session's secret for the cookie. `proven`: a passkey said so this moment. `before`: who was signed in in that browser
 * until now; if it is the same person, what they began there is still theirs to finish. `device`: for the note of it.
 */
export async function openSession(
  deps: Needs,
  person: Person,
  way: Pick<WebSession, "door" | "onlyFor"> & {
    readonly proven: boolean;
    readonly before?: SignedIn | null;
    readonly device?: string | null;
  },
): Promise<Secret> {
  const secret = deps.random.bearer();
  const now = deps.machineClock();
  const goesOn = way.onlyFor === null && way.before?.person.id === person.id && way.before.session.onlyFor === null;
  await deps.sessions.putSession({
    id: goesOn && way.before ? way.before.session.id : deps.random.id(),
    digest: deps.random.digest(secret.reveal()),
    personId: person.id,
    door: way.door,
    onlyFor: way.onlyFor,
    createdAt: now,
    seenAt: now,
    expiresAt: now.add(way.onlyFor === null ? absoluteLimit : handedOverLimit),
    provenAt: way.proven ? now : null,
  });
  await noteEntry(deps, person, { door: way.door, outcome: "signed-in", device: way.device ?? null });
  return secret;
}

/** Whose session it is if the cookie's value is a live one; null otherwise. Notes the sign of life, a few minutes coarse. */
export async function findSession(deps: Needs, cookie: string): Promise<SignedIn | null> {
  const session = await deps.sessions.session(deps.random.digest(cookie));
  if (session === null) return null;
  const person = presentPerson(await deps.records.people(), session.personId);
  const now = deps.machineClock();
  if (person === null || !isLive(session, person, now)) return null;
  if (isSeenStale(session, now)) await deps.sessions.putSession({ ...session, seenAt: now });
  return { person, session };
}

/** After a passkey's proof: the same session under a new secret, and the old one opens nothing any more. */
export async function renewSession(deps: Needs, session: WebSession): Promise<Secret> {
  return renewSecret(deps, { ...session, provenAt: deps.machineClock() });
}

async function renewSecret(deps: Needs, session: WebSession): Promise<Secret> {
  const secret = deps.random.bearer();
  const digest = deps.random.digest(secret.reveal());
  await deps.sessions.putSession({ ...session, digest, seenAt: deps.machineClock() });
  await deps.sessions.removeSession(session.digest);
  return secret;
}

/** After its person's sessions were all ended this moment: this one goes on, under a new secret, and as long as it would have. */
export async function outliveOthers(deps: Needs, session: WebSession): Promise<Secret> {
  // What ended is what began until now.
  const createdAt = deps.machineClock().add({ milliseconds: 1 });
  return renewSecret(deps, { ...session, createdAt });
}

export async function signOut(deps: Needs, { person, session }: SignedIn): Promise<void> {
  await deps.sessions.removeSession(session.digest);
  const { records } = actingAs(deps, { personId: person.id, name: person.name, door: session.door });
  const text = `${person.name} signed out.`;
  try {
    await records.commit({ journal: [{ at: deps.clock(), kind: "signed-out", connectionId: null, text }] });
  } catch (error) {
    // The session is over, which is what was asked for.
    deps.log.error("sign-out-not-journalled", { error });
  }
}
