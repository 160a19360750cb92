// An owner asks somebody in: a one-time secret that makes a person of whoever accepts it.
import { type Person, personCalled, type Role } from "../domain/person.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import type { Secret } from "../domain/secret.ts";
import { linkProofLimit } from "../domain/web-session.ts";
import type { Dependencies } from "./dependencies.ts";

/**
 * OWASP ASVS 6.5.5 gives a secret ten minutes on its way around the page, and an owner's invitation gets no more. A renewer or
 * viewer has to see the message first, and until something is shared with them they can see and do nothing at all: an hour.
 */
const lifetimes: Readonly<Record<Role, Temporal.Duration>> = {
  owner: linkProofLimit,
  renewer: Temporal.Duration.from({ hours: 1 }),
  viewer: Temporal.Duration.from({ hours: 1 }),
};

export interface InvitePerson {
  readonly name: string;
  readonly role: Role;
  /** Who invites; null: the server's terminal. */
  readonly by: Person | null;
}

export interface Invitation {
  readonly outcome: "invited";
  /** For the fragment of a link. */
  readonly token: Secret;
  readonly expiresAt: Temporal.Instant;
}

export async function invitePerson(
  deps: Pick<Dependencies, "clock" | "machineClock" | "random" | "records" | "sessions">,
  { name, role, by }: InvitePerson,
): Promise<Invitation | Refusal> {
  if (personCalled(await deps.records.people(), name) !== null) return refuse("name-taken");
  const token = deps.random.bearer();
  const expiresAt = deps.machineClock().add(lifetimes[role]);
  await deps.sessions.addOneTime({
    purpose: "invitation",
    digest: deps.random.digest(token.reveal()),
    facts: { name, role, ...(by === null ? {} : { invitedBy: by.id }) },
    expiresAt,
  });
  const text = `${name} was invited as ${role}.`;
  await deps.records.commit({ journal: [{ at: deps.clock(), kind: "person-invited", connectionId: null, text }] });
  return { outcome: "invited", token, expiresAt };
}
