// Who looks at what is true now: what they may do to each connection, and what its owner is called.
import type { Context } from "hono";
import { roleOn } from "../domain/access.ts";
import type { Connection } from "../domain/connection.ts";
import type { Person, Role } from "../domain/person.ts";
import { type Caller, callerId, type Env } from "./caller.ts";

export interface Viewer {
  /** Binds an authorization to whom started it. */
  readonly id: string;
  /** Whether they are told how the installation as a whole is doing: an owner, or a program. */
  readonly seesWhole: boolean;
  /** Whether they locked everything of theirs. */
  readonly isLocked: boolean;
  /** Whose messages they are told of; null: everybody's, to a program. */
  readonly reader: Person | null;
  roleOn(connection: Connection): Role;
  nameOf(personId: string): string;
}

export async function viewerOf(c: Context<Env>): Promise<Viewer> {
  const { caller, deps } = c.var;
  const people = await deps.records.people();
  return {
    id: callerId(c),
    seesWhole: caller?.kind === "machine" || caller?.person.role === "owner",
    isLocked: caller?.kind === "person" && caller.person.lockedAt !== null,
    reader: caller?.kind === "person" ? caller.person : null,
    roleOn: (connection) => roleOf(caller, connection),
    nameOf: (personId) => people.find(({ id }) => id === personId)?.name ?? "nobody",
  };
}

/** Programs look. A session that was handed over for one renewal is good for that, whosever it is. */
function roleOf(caller: Caller | null, connection: Connection): Role {
  if (caller?.kind !== "person") return "viewer";
  const role = roleOn(caller.person, connection) ?? "viewer";
  return role === "owner" && caller.session.onlyFor !== null ? "renewer" : role;
}

/** For one or two lines of a view: a `Viewer` of the same caller, without asking for the people. */
export function ownsIt(caller: Caller | null, connection: Connection): boolean {
  return roleOf(caller, connection) === "owner";
}
