// An owner gives a program a token of its own. It is shown once; only its digest is kept.
import { mayOn } from "../domain/access.ts";
import { actOf, type ApiScope, type ApiToken } from "../domain/api-token.ts";
import type { Person } from "../domain/person.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { freshToken, type FreshToken, goodTokens } from "./api-tokens.ts";
import type { Dependencies } from "./dependencies.ts";

export interface MakeApiToken {
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  /** Null: all that the maker may see, now and later. */
  readonly connections: readonly string[] | null;
  readonly expiresAt: Temporal.Instant | null;
  readonly maker: Person;
  /** The tokens of the configuration: their names are taken. */
  readonly configured: readonly ApiToken[];
}

export type MakeResult = ({ readonly outcome: "made" } & FreshToken) | Refusal;

export async function makeApiToken(
  deps: Pick<Dependencies, "clock" | "machineClock" | "random" | "records" | "providers">,
  { maker, configured, ...wish }: MakeApiToken,
): Promise<MakeResult> {
  const taken = [...configured, ...(await goodTokens(deps, maker.id))];
  if (taken.some(({ name }) => name === wish.name)) return refuse("token-name-taken");
  const refusal = await rightsRefusal(deps, maker, wish);
  if (refusal !== null) return refusal;
  const fresh = freshToken(deps, { ...wish, personId: maker.id });
  const text = `A token was made for the program ${wish.name} (${wish.scopes.join(", ")}).`;
  await deps.records.commit({
    apiToken: fresh.token,
    journal: [{ at: deps.clock(), kind: "api-token-made", connectionId: null, text }],
  });
  return { outcome: "made", ...fresh };
}

/** For all connections it is asked at each use; for named ones it is better said now. */
async function rightsRefusal(
  deps: Pick<Dependencies, "records" | "providers">,
  maker: Person,
  { connections, scopes }: Pick<MakeApiToken, "connections" | "scopes">,
): Promise<Refusal | null> {
  const recorded = await deps.records.connections();
  for (const id of connections ?? []) {
    const connection = recorded.find((each) => each.id === id);
    if (connection === undefined || !deps.providers.has(id) || !mayOn(maker, connection, "see"))
      return refuse("unknown-connection");
    if (!scopes.every((scope) => mayOn(maker, connection, actOf[scope]))) return refuse("beyond-rights");
  }
  return null;
}
