// Makes the records agree with the configuration at start: every configured connection has one, and its token can be opened.
import { type Connection, newConnection } from "../domain/connection.ts";
import { isAlive } from "../domain/keep-alive.ts";
import { expiresAt } from "../domain/provider-policy.ts";
import type { Provider } from "../ports.ts";
import type { TokenWork } from "./dependencies.ts";
import { exportToken } from "./export-token.ts";
import { recordDeath } from "./record-death.ts";

/**
 * `unopened`: what to do about a stored token set that can't be opened. "refused": rejects, for better no start than a green
 * page over tokens nobody can use. "reported": logs it and goes on, because where every request may be a start the alerts
 * of all connections must not fall silent with it; the checks of that one fail until it is mended.
 */
export async function registerConnections(
  deps: TokenWork,
  { unopened }: { readonly unopened: "refused" | "reported" } = { unopened: "refused" },
): Promise<void> {
  const now = deps.clock();
  const recorded = await deps.records.connections();
  for (const { id, token, ended } of recorded)
    if (token !== null && ended === null && !deps.providers.has(id))
      deps.log.error("connection-without-keys", { connection: id });
  await Promise.all(
    [...deps.providers.values()].map(async (provider) => {
      try {
        await register(deps, provider, recorded.find(({ id }) => id === provider.identity.id) ?? null, now);
      } catch (error) {
        if (unopened === "refused") throw error;
        deps.log.error("token-not-opened", { connection: provider.identity.id, error });
      }
    }),
  );
}

async function register(
  deps: TokenWork,
  { identity, policy }: Provider,
  connection: Connection | null,
  now: Temporal.Instant,
): Promise<void> {
  // A conflict means that another process was faster, which is as good.
  if (connection === null) await deps.records.commit({ connection: newConnection(identity) });
  if (connection === null || connection.token === null) return;
  const { version, issuedAt } = connection.token;
  if (!isAlive(connection, policy, now)) return exportToken(deps, identity.id, (files) => files.remove(identity));
  const tokenSet = await deps.tokens.read(identity.id, version);
  if (tokenSet === null) {
    // Recorded but gone: nobody can use it, and nobody may be told otherwise.
    deps.log.error("token-missing", { connection: identity.id, version });
    return recordDeath(deps, identity.id, "rejected", version);
  }
  const deadline = expiresAt(policy, issuedAt);
  return exportToken(deps, identity.id, (files) => files.write(identity, version, tokenSet, deadline));
}
