// The doctor at entered keys: can those of every connection be read.
import { connectionLabel } from "../domain/sentences.ts";
import type { Connection } from "../domain/connection.ts";
import type { Dependencies } from "./dependencies.ts";
import { type Finding, found, lookedAt } from "./finding.ts";

type Needs = Pick<Dependencies, "records" | "brokerKeys">;

/** Nothing where all is well: what the broker says to them is looked at by itself. */
export async function examineEnteredKeys(deps: Needs): Promise<readonly Finding[]> {
  // A store that can't be read at all is another finding's.
  const connections = await deps.records.connections().catch(() => []);
  const entered = connections.filter(({ keys, removedAt }) => keys !== null && removedAt === null);
  const findings = await Promise.all(
    entered.map((connection) => lookedAt(`${connection.id} key`, look(deps, connection), remedyFor(connection))),
  );
  return findings.filter(({ verdict }) => verdict !== "ok");
}

async function look({ brokerKeys }: Needs, connection: Connection): Promise<Finding> {
  const subject = `${connection.id} key`;
  const label = connectionLabel(connection);
  return (await brokerKeys.read(connection.id)) === null
    ? found(subject, "fault", `The keys of ${label} are gone from the store.`, remedyFor(connection))
    : found(subject, "ok", `The keys of ${label} can be read.`);
}

function remedyFor({ id }: Connection): string {
  return `Enter them again: npm run prebell -- connections keys ${id}`;
}
