// What the use cases about programs' tokens share: whose tokens there are, and how a fresh one is made.
import { type ApiToken, isGood, tokenPrefix } from "../domain/api-token.ts";
import { Secret } from "../domain/secret.ts";
import type { Dependencies } from "./dependencies.ts";

/** A token that was just made: shown once, and kept nowhere but with whom it is shown to. */
export interface FreshToken {
  readonly secret: Secret;
  readonly token: ApiToken;
}

export type TokenFacts = Pick<ApiToken, "name" | "scopes" | "connections" | "personId" | "expiresAt">;

/** Tokens that person made and that still open something, newest last. */
export async function goodTokens(
  { records, machineClock }: Pick<Dependencies, "records" | "machineClock">,
  personId: string,
): Promise<readonly ApiToken[]> {
  const now = machineClock();
  return (await records.apiTokens())
    .filter((token) => token.personId === personId && isGood(token, now))
    .toSorted((a, b) => Temporal.Instant.compare(a.createdAt, b.createdAt));
}

export function freshToken(
  { random, machineClock }: Pick<Dependencies, "random" | "machineClock">,
  facts: TokenFacts,
): FreshToken {
  const secret = new Secret(tokenPrefix + random.bearer().reveal());
  const { name, scopes, connections, personId, expiresAt } = facts;
  const digest = random.digest(secret.reveal());
  return { secret, token: { name, digest, scopes, connections, personId, createdAt: machineClock(), expiresAt } };
}
