// The owner shows a connection to somebody; what they may do to it follows from their role.
import { presentPerson } from "../domain/person.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";

export async function shareConnection(
  deps: Pick<Dependencies, "clock" | "providers" | "records">,
  connectionId: string,
  personId: string,
): Promise<{ readonly outcome: "shared" } | Refusal> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  const person = presentPerson(await deps.records.people(), personId);
  if (person === null) return refuse("unknown-person");
  let ownAlready = false;
  await changeConnection(deps, connectionId, (connection) => {
    ownAlready = connection.ownerId === personId;
    if (ownAlready || connection.sharedWith.includes(personId)) return null;
    const what = person.role === "viewer" ? "may look at it" : "may look at it and renew it";
    const text = `${connectionLabel(provider.identity)}: shared with ${person.name}, who ${what}.`;
    return {
      connection: { ...connection, sharedWith: [...connection.sharedWith, personId] },
      journal: [{ at: deps.clock(), kind: "connection-shared", connectionId, text }],
    };
  });
  return ownAlready ? refuse("owned-already") : { outcome: "shared" };
}
