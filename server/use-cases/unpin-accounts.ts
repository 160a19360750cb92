// Forgets which accounts a connection is pinned to, so that the next renewal asks the owner again.
import { refuse, type Refusal } from "../domain/refusal.ts";
import { connectionLabel } from "../domain/sentences.ts";
import { changeConnection } from "./change-connection.ts";
import type { Dependencies } from "./dependencies.ts";

export async function unpinAccounts(
  deps: Pick<Dependencies, "clock" | "providers" | "records">,
  connectionId: string,
): Promise<{ readonly outcome: "unpinned" } | Refusal> {
  const provider = deps.providers.get(connectionId);
  if (provider === undefined) return refuse("unknown-connection");
  const at = deps.clock();
  await changeConnection(deps, connectionId, (connection) => ({
    connection: { ...connection, pin: null },
    journal: [
      {
        at,
        kind: "accounts-unpinned",
        connectionId,
        text: `${connectionLabel(provider.identity)}: account pin removed; the next renewal asks which accounts are right.`,
      },
    ],
  }));
  return { outcome: "unpinned" };
}
