// Asks the broker to end a token that nothing here will use again. Whatever comes of it, the work that asked goes on.
import type { Connection } from "../domain/connection.ts";
import { isAlive } from "../domain/keep-alive.ts";
import { providerName } from "../domain/sentences.ts";
import type { TokenWork } from "./dependencies.ts";
import { revokeAtBroker } from "./revoke-token.ts";

/** What became of it, as the end of a journal's line; null where there was none alive. */
export async function giveUpToken(deps: TokenWork, connection: Connection): Promise<string | null> {
  const { id, token } = connection;
  const provider = deps.providers.get(id);
  const broker = providerName(connection);
  if (token === null) return null;
  if (provider === undefined) return `${broker} could not be asked to revoke its token, which ends by itself.`;
  if (!isAlive(connection, provider.policy, deps.clock())) return null;
  try {
    const tokenSet = await deps.tokens.read(id, token.version);
    if (tokenSet === null) return null;
    const answer = await revokeAtBroker(provider, tokenSet);
    if (answer === null)
      return `${broker} revokes nothing when asked: its login ends by itself, or with a changed password.`;
    if (answer.ok) return `${broker} revoked its token.`;
    deps.log.warn("token-not-revoked", { connection: id, reason: answer.failure.reason });
  } catch (error) {
    deps.log.warn("token-not-revoked", { connection: id, error });
  }
  return `${broker} did not confirm that its token is revoked; it ends by itself.`;
}
