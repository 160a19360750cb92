// Makes a person an owner, a renewer or a viewer. The first person stays an owner, so that there always is one.
import { firstPersonId, type Person, type Role } from "../domain/person.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

export interface ChangeRole {
  readonly personId: string;
  readonly role: Role;
  /** Who wants it; null: the server's terminal. */
  readonly by: Person | null;
}

export async function changeRole(
  deps: Pick<Dependencies, "clock" | "providers" | "records">,
  { personId, role, by }: ChangeRole,
): Promise<{ readonly outcome: "changed"; readonly person: Person } | Refusal> {
  if (role !== "owner") {
    if (personId === firstPersonId) return refuse("first-person");
    if (personId === by?.id) return refuse("not-oneself");
    const connections = await deps.records.connections();
    if (connections.some(({ ownerId, removedAt }) => ownerId === personId && removedAt === null))
      return refuse("owns-connections");
  }
  const person = await changePerson(deps, personId, (current) => {
    if (current.role === role) return null;
    const text = `${current.name} is ${role} now, and was ${current.role}.`;
    return {
      person: { ...current, role },
      journal: [{ at: deps.clock(), kind: "person-changed", connectionId: null, text }],
    };
  });
  return person === null ? refuse("unknown-person") : { outcome: "changed", person };
}
