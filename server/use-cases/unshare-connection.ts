// The owner takes a connection back out of somebody's sight. What they began with it can't be finished.
import { refuse, type Refusal } from "../domain/refusal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";

export async function unshareConnection(
  deps: Pick<Dependencies, "clock" | "providers" | "records">,
  connectionId: string,
  personId: string,
): Promise<{ readonly outcome: "unshared" } | Refusal> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  const person = (await deps.records.people()).find(({ id }) => id === personId);
  if (person === undefined) return refuse("unknown-person");
  await changeConnection(deps, connectionId, (connection) => {
    if (!connection.sharedWith.includes(personId)) return null;
    const text = `${connectionLabel(provider.identity)}: no longer shared with ${person.name}.`;
    return {
      connection: { ...connection, sharedWith: connection.sharedWith.filter((id) => id !== personId) },
      journal: [{ at: deps.clock(), kind: "connection-unshared", connectionId, text }],
    };
  });
  return { outcome: "unshared" };
}
