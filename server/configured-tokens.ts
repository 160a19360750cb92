// The programs' tokens of the configuration: API_TOKEN, good for every connection, and those that API_TOKENS declares.
import type { Config } from "./config.ts";
import type { ApiToken } from "./domain/api-token.ts";
import type { Dependencies } from "./use-cases/dependencies.ts";

export function configuredTokens(
  { apiAccess, apiTokens }: Config,
  { random, machineClock }: Pick<Dependencies, "random" | "machineClock">,
): readonly ApiToken[] {
  const always = { personId: null, createdAt: machineClock(), expiresAt: null };
  const declared = apiTokens.map((token): ApiToken => ({ ...token, ...always }));
  if (apiAccess === null) return declared;
  const digest = random.digest(apiAccess.token.reveal());
  return [{ name: "API_TOKEN", digest, scopes: [...apiAccess.scopes], connections: null, ...always }, ...declared];
}
