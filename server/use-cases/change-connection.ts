// Reads a connection, decides a change on what was read, commits it; decides anew if somebody was faster.
import { type Connection, newConnection } from "../domain/connection.ts";
import type { Change } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

const maxTries = 5;

/** `decide` sees the latest facts and may be called again; null means that there is nothing to change. */
export async function changeConnection(
  deps: Pick<Dependencies, "records" | "providers">,
  connectionId: string,
  decide: (connection: Connection) => Change | null | Promise<Change | null>,
): Promise<Connection> {
  for (let attempt = 1; attempt <= maxTries; attempt += 1) {
    const connection = await readConnection(deps, connectionId);
    const change = await decide(connection);
    if (change === null) return connection;
    if ((await deps.records.commit(change)) === "committed") return change.connection ?? connection;
  }
  throw new Error(`The record of ${connectionId} kept changing; gave up after ${maxTries} tries.`);
}

/** The facts as recorded; those of a configured connection that nothing is recorded of yet. */
export async function readConnection(
  deps: Pick<Dependencies, "records" | "providers">,
  connectionId: string,
): Promise<Connection> {
  const recorded = await deps.records.connection(connectionId);
  if (recorded !== null) return recorded;
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) throw new Error(`No connection ${connectionId} is configured.`);
  return newConnection(provider.identity);
}
