// An owner ends a connection of theirs: the broker is asked to revoke, keys and tokens are destroyed, the record stays, marked.
import type { Connection } from "../domain/connection.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies, TokenWork } from "./dependencies.ts";
import { eventOf } from "./event-of.ts";
import { underLease } from "./exclusively.ts";
import { exportToken } from "./export-token.ts";
import { giveUpToken } from "./give-up-token.ts";

type Needs = TokenWork & Pick<Dependencies, "brokerKeys">;

/** `token`: what became of the living token, in a sentence; null if there was none. */
export type RemoveResult = { readonly outcome: "removed"; readonly token: string | null } | Refusal;

export async function removeConnection(deps: Needs, connectionId: string): Promise<RemoveResult> {
  const known = await deps.records.connection(connectionId);
  if (known === null || known.removedAt !== null) return refuse("unknown-connection");
  if (known.keys === null) return refuse("keys-configured");
  return underLease(deps, `connection/${connectionId}`, async () => {
    const current = await deps.records.connection(connectionId);
    if (current === null || current.removedAt !== null) return refuse("unknown-connection");
    const token = await giveUpToken(deps, current);
    // Destroyed before it is recorded: whatever fails here leaves a connection that can be removed again.
    await deps.tokens.remove(connectionId);
    await deps.brokerKeys.remove(connectionId);
    const at = deps.clock();
    await changeConnection(deps, connectionId, (latest) => ({
      connection: bare(latest, at),
      events: token === null ? [] : [eventOf(deps, "token.revoked", at, latest)],
      journal: [
        {
          at,
          kind: "connection-removed",
          connectionId,
          text: `${connectionLabel(latest)} was removed, with its keys and tokens.${token === null ? "" : ` ${token}`}`,
        },
      ],
    }));
    await exportToken(deps, connectionId, (files) => files.remove(current));
    deps.log.info("connection-removed", { connection: connectionId });
    deps.nudge();
    return { outcome: "removed", token };
  });
}

/** What the journal needs to be read by the same people as before, and nothing else. */
function bare(connection: Connection, removedAt: Temporal.Instant): Connection {
  const empty = { token: null, lastSuccess: null, lastFailure: null, consecutiveFailures: 0, ended: null, pin: null };
  return { ...connection, ...empty, keys: null, removedAt };
}
