// Makes the records agree with the configuration at start: every configured connection has one, and its token can be opened.
import { newConnection } from "../domain/connection.ts";
import { isAlive } from "../domain/keep-alive.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import type { Dependencies } from "./dependencies.ts";

/** Rejects if a stored token set can't be opened: better no start than a green page over tokens nobody can use. */
export async function registerConnections(
  deps: Pick<Dependencies, "clock" | "providers" | "records" | "tokens" | "tokenExport">,
): Promise<void> {
  const now = deps.clock();
  await Promise.all(
    [...deps.providers.values()].map(async ({ identity, policy }) => {
      const connection = await deps.records.connection(identity.id);
      // A conflict means that another process was faster, which is as good.
      if (connection === null) await deps.records.commit({ connection: newConnection(identity) });
      if (connection === null || connection.token === null) return;
      const { version, issuedAt } = connection.token;
      const tokenSet = await deps.tokens.read(identity.id, version);
      if (tokenSet === null) throw new Error(`Version ${version} of ${identity.id} is missing from the token store.`);
      if (isAlive(connection, policy, now))
        await deps.tokenExport?.write(identity, version, tokenSet, expiresAt(policy, issuedAt));
      else await deps.tokenExport?.remove(identity);
    }),
  );
}
