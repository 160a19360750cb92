// The tokens of a fire drill, kept with the drill's record: they open nothing, and neither the real tokens' store nor Secret
// Manager, where only the connections that were set up have a place, is touched by a rehearsal.
import { type PlainTokenSet, revealTokenSet, wrapTokenSet } from "./adapters/plain-token-set.ts";
import { type Drill, isDrill } from "./domain/drill.ts";
import type { RecordStore, TokenStore } from "./ports.ts";

const writeTries = 5;

/** `tokens` for every connection but the drill's. */
export function besideDrillTokens(tokens: TokenStore, records: RecordStore): TokenStore {
  const newest = async (): Promise<Drill | undefined> => (await records.drills(1))[0];

  /** The versions go on rising from one drill to the next, as a connection's do from one login to the next. */
  async function put(plain: PlainTokenSet): Promise<number> {
    for (let attempt = 1; attempt <= writeTries; attempt += 1) {
      // oxlint-disable-next-line no-await-in-loop -- each try is made from the newest
      const drill = await newest();
      if (drill?.state !== "running") throw new Error("No fire drill runs that could keep this token.");
      const tokenVersion = drill.tokenVersion + 1;
      const next = { ...drill, tokenVersion, tokenState: JSON.stringify(plain) };
      // oxlint-disable-next-line no-await-in-loop -- as above
      if ((await records.commit({ drill: next })) === "committed") return tokenVersion;
    }
    throw new Error("The drill's record kept changing.");
  }

  return {
    put: (connectionId, tokenSet) =>
      isDrill(connectionId) ? put(revealTokenSet(tokenSet)) : tokens.put(connectionId, tokenSet),
    async read(connectionId, version) {
      if (!isDrill(connectionId)) return tokens.read(connectionId, version);
      const drill = await newest();
      if (drill === undefined || drill.tokenVersion !== version || drill.tokenState === null) return null;
      const plain: PlainTokenSet = JSON.parse(drill.tokenState);
      return wrapTokenSet(plain);
    },
    async latestVersion(connectionId) {
      if (!isDrill(connectionId)) return tokens.latestVersion(connectionId);
      return (await newest())?.tokenVersion || null;
    },
    remove: async (connectionId) => (isDrill(connectionId) ? undefined : tokens.remove(connectionId)),
  };
}
