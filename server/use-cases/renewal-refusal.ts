// Whether a renewal is refused for who asks for it, before anything is asked of the broker.
import { isLocked } from "../domain/access.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { readConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";

export interface RenewalRequest {
  readonly connectionId: string;
  /** The person who acts. Null: the server's terminal, which no lock shuts out. Absent: nobody in particular. */
  readonly personId?: string | null;
}

export async function renewalRefusal(
  deps: Pick<Dependencies, "providers" | "records">,
  { connectionId, personId }: RenewalRequest,
): Promise<Refusal | null> {
  if (personId === null) return null;
  const [people, connection] = await Promise.all([deps.records.people(), readConnection(deps, connectionId)]);
  if (isLocked(people, connection, personId ?? null)) return refuse("locked");
  // Whoever makes the first login decides which accounts the trading system will trade in.
  const somebodyElse = personId !== undefined && personId !== connection.ownerId;
  return somebodyElse && connection.pin === null ? refuse("owner-first") : null;
}
