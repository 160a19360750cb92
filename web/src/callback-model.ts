// Pure. Which connection an approval without a name belongs to.
import type { ConnectionView } from "../../server/http/contract.ts";

/** The newest authorization this browser began at that provider and the broker has not answered yet. */
export function newestWaiting(connections: readonly ConnectionView[], provider: string): string | null {
  const waiting = connections.flatMap(({ id, provider: own, authorization }) =>
    own === provider && authorization?.mine && authorization.stage === "waiting"
      ? [{ id, startedAt: Date.parse(authorization.startedAt) }]
      : [],
  );
  return waiting.toSorted((a, b) => b.startedAt - a.startedAt)[0]?.id ?? null;
}
