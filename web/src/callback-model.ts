// Pure. Which connection an approval without a name belongs to.
import type { ConnectionView } from "../../server/http/contract.ts";

/**
 * The authorization this browser began at that provider and the broker has not answered yet: the one whose link carries `state`,
 * where the broker brought one back; else the newest. With several connections at one broker the newest may be another's.
 */
export function waitingFor(
  connections: readonly ConnectionView[],
  provider: string,
  state: string | null,
): string | null {
  const waiting = connections.flatMap(({ id, provider: own, authorization }) =>
    own === provider && authorization?.mine && authorization.stage === "waiting" ? [{ id, ...authorization }] : [],
  );
  const named = waiting.filter(({ authorizeUrl }) => state !== null && stateIn(authorizeUrl) === state);
  const candidates = named.length > 0 ? named : waiting;
  return candidates.toSorted((a, b) => Date.parse(b.startedAt) - Date.parse(a.startedAt))[0]?.id ?? null;
}

function stateIn(authorizeUrl: string | null): string | null {
  return authorizeUrl === null ? null : new URL(authorizeUrl).searchParams.get("state");
}
