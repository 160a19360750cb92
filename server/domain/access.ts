// Pure. What a person may do to a connection. What they may not see does not exist for them.
import type { Connection } from "./connection.ts";
import type { Person, Role } from "./person.ts";

/**
 * see: its state, and what is told of it · renew: log in for it, keep it alive · own: its accounts and balances, whose they
 * are, its keys, its end, and with whom it is shared.
 */
export type Act = "see" | "renew" | "own";

type Belonging = Pick<Connection, "ownerId" | "sharedWith">;

export function mayOn(person: Person, connection: Belonging, act: Act): boolean {
  if (person.removedAt !== null) return false;
  if (connection.ownerId === person.id) return true;
  if (!connection.sharedWith.includes(person.id)) return false;
  switch (act) {
    case "see":
      return true;
    case "renew":
      return person.role !== "viewer";
    case "own":
      return false;
  }
}

/** The most that the person may do to it, as a role; null if it does not exist for them. */
export function roleOn(person: Person, connection: Belonging): Role | null {
  if (mayOn(person, connection, "own")) return "owner";
  if (mayOn(person, connection, "renew")) return "renewer";
  return mayOn(person, connection, "see") ? "viewer" : null;
}

/**
 * Whether a renewal is refused because its owner, or who wants it, locked everything in the chat. `personId` is null where
 * nobody of the records is asking.
 */
export function isLocked(people: readonly Person[], { ownerId }: Belonging, personId: string | null): boolean {
  return people.some(({ id, lockedAt }) => lockedAt !== null && (id === ownerId || id === personId));
}
