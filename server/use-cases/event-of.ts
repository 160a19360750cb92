// An event of a connection, with the deadline its provider's clocks give.
import type { Connection } from "../domain/connection.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import { tokenEvent, type TokenEventDraft, type TokenEventType } from "../domain/token-event.ts";
import type { Dependencies } from "./dependencies.ts";

export function eventOf(
  deps: Pick<Dependencies, "providers" | "random">,
  type: TokenEventType,
  at: Temporal.Instant,
  connection: Connection,
): TokenEventDraft {
  const policy = deps.providers.get(connection.id)?.policy;
  const deadline = policy && connection.token ? expiresAt(policy, connection.token.issuedAt) : null;
  return tokenEvent(deps.random.id(), type, at, connection, deadline);
}
