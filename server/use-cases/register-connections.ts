// Makes the records agree with the configuration at start: every configured connection has one, and its token can be opened.
import { newConnection } from "../domain/connection.ts";
import { isAlive } from "../domain/keep-alive.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import type { TokenWork } from "./dependencies.ts";
import { exportToken } from "./export-token.ts";
import { recordDeath } from "./record-death.ts";

/** Rejects if a stored token set can't be opened: better no start than a green page over tokens nobody can use. */
export async function registerConnections(deps: TokenWork): Promise<void> {
  const now = deps.clock();
  await Promise.all(
    [...deps.providers.values()].map(async ({ identity, policy }) => {
      const connection = await deps.records.connection(identity.id);
      // A conflict means that another process was faster, which is as good.
      if (connection === null) await deps.records.commit({ connection: newConnection(identity) });
      if (connection === null || connection.token === null) return;
      const { version, issuedAt } = connection.token;
      if (!isAlive(connection, policy, now)) return exportToken(deps, identity.id, (files) => files.remove(identity));
      const tokenSet = await deps.tokens.read(identity.id, version);
      // Recorded but gone: nobody can use it, and nobody may be told otherwise.
      if (tokenSet === null) return recordDeath(deps, identity.id, "rejected");
      const deadline = expiresAt(policy, issuedAt);
      return exportToken(deps, identity.id, (files) => files.write(identity, version, tokenSet, deadline));
    }),
  );
}
