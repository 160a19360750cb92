// The invited person says yes: they become a person, and are signed in. What they may see is shared with them afterwards.
import { newPerson, type Person, personCalled, presentPerson, type Role, roles } from "../domain/person.ts";
import type { Secret } from "../domain/secret.ts";
import type { OneTime } from "../ports.ts";
import { actingAs } from "./acting-as.ts";
import type { Dependencies } from "./dependencies.ts";
import { openSession } from "./sign-in.ts";

type Needs = Pick<Dependencies, "clock" | "machineClock" | "random" | "records" | "sessions" | "log" | "nudge">;

/** Null if the invitation is spent, late, was never given, or its giver is no owner any more. Spent by POST, once. */
export async function acceptInvitation(deps: Needs, token: string): Promise<{ secret: Secret; person: Person } | null> {
  const facts = await deps.sessions.spendOneTime("invitation", deps.random.digest(token), deps.machineClock());
  if (facts === null) return null;
  const people = await deps.records.people();
  const wanted = readInvitation(facts);
  if (wanted === null || !stillStands(facts, people)) return null;
  const id = deps.random.id();
  const name = freeName(wanted.name, people);
  const person = newPerson({ id, name, role: wanted.role, chatId: null, createdAt: deps.machineClock() });
  const { records } = actingAs(deps, { personId: id, name, door: "link" });
  const text = `${name} accepted the invitation and is ${wanted.role} now.`;
  await records.commit({
    person,
    journal: [{ at: deps.clock(), kind: "person-joined", connectionId: null, text }],
  });
  const secret = await openSession(deps, person, { door: "link", onlyFor: null, proven: false });
  return { secret, person: { ...person, revision: 1 } };
}

function readInvitation({ name, role }: OneTime["facts"]): { readonly name: string; readonly role: Role } | null {
  const known = roles.find((each) => each === role);
  return name === undefined || known === undefined ? null : { name, role: known };
}

/** What an owner promised is void once they are none; the terminal's word stands. */
function stillStands({ invitedBy }: OneTime["facts"], people: readonly Person[]): boolean {
  return invitedBy === undefined || presentPerson(people, invitedBy)?.role === "owner";
}

/** Two invitations may have gone to one name. */
function freeName(name: string, people: readonly Person[]): string {
  let free = name;
  for (let count = 2; personCalled(people, free) !== null; count += 1) free = `${name} ${count}`;
  return free;
}
