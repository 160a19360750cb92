// A connection becomes another owner's, with its token, its account pin and its keys. Who had it is nobody to it from then on.
import { presentPerson } from "../domain/person.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";

export async function giveConnection(
  deps: Pick<Dependencies, "clock" | "providers" | "records">,
  connectionId: string,
  personId: string,
): Promise<{ readonly outcome: "given" } | Refusal> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  const person = presentPerson(await deps.records.people(), personId);
  if (person === null) return refuse("unknown-person");
  if (person.role !== "owner") return refuse("not-an-owner");
  let ownAlready = false;
  await changeConnection(deps, connectionId, (connection) => {
    ownAlready = connection.ownerId === personId;
    if (ownAlready) return null;
    const sharedWith = connection.sharedWith.filter((id) => id !== personId);
    const text = `${connectionLabel(provider.identity)}: belongs to ${person.name} now.`;
    return {
      connection: { ...connection, ownerId: personId, sharedWith },
      journal: [{ at: deps.clock(), kind: "connection-given", connectionId, text }],
    };
  });
  return ownAlready ? refuse("owned-already") : { outcome: "given" };
}
