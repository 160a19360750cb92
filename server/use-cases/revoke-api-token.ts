// Ends a program's token at once, with those that it replaced.
import type { ApiToken } from "../domain/api-token.ts";
import type { Refusal } from "../domain/refusal.ts";
import { goodTokens } from "./api-tokens.ts";
import type { Dependencies } from "./dependencies.ts";
import { unknownToken } from "./rotate-api-token.ts";

export interface RevokeApiToken {
  readonly name: string;
  readonly personId: string;
  /** The tokens of the configuration, which end there. */
  readonly configured: readonly ApiToken[];
}

export async function revokeApiToken(
  deps: Pick<Dependencies, "clock" | "machineClock" | "records">,
  { name, personId, configured }: RevokeApiToken,
): Promise<{ readonly outcome: "revoked" } | Refusal> {
  const good = (await goodTokens(deps, personId)).filter((token) => token.name === name);
  if (good.length === 0) return unknownToken(name, configured);
  const text = `The token of the program ${name} was revoked.`;
  const journal = [{ at: deps.clock(), kind: "api-token-revoked", connectionId: null, text }] as const;
  const now = deps.machineClock();
  for (const [index, token] of good.entries())
    // oxlint-disable-next-line no-await-in-loop -- one record after the other
    await deps.records.commit({
      apiToken: { ...token, expiresAt: now },
      ...(index === 0 ? { journal } : {}),
    });
  return { outcome: "revoked" };
}
