// A program's token is replaced without a gap: the new one is good at once, the old one for a while longer.
import { type ApiToken, earlierEnd } from "../domain/api-token.ts";
import { refuse, type Refusal } from "../domain/refusal.ts";
import { freshToken, goodTokens } from "./api-tokens.ts";
import type { Dependencies } from "./dependencies.ts";
import type { MakeResult } from "./make-api-token.ts";

/** Long enough to bring the new one to every machine that runs the program. */
export const usualOverlap = Temporal.Duration.from({ hours: 24 });

export interface RotateApiToken {
  readonly name: string;
  readonly personId: string;
  /** How long the old one stays good. */
  readonly overlap: Temporal.Duration;
  /** The tokens of the configuration, which are changed there. */
  readonly configured: readonly ApiToken[];
}

export async function rotateApiToken(
  deps: Pick<Dependencies, "clock" | "machineClock" | "random" | "records">,
  { name, personId, overlap, configured }: RotateApiToken,
): Promise<MakeResult> {
  const old = (await goodTokens(deps, personId)).filter((token) => token.name === name);
  const newest = old.at(-1);
  if (newest === undefined) return unknownToken(name, configured);
  const now = deps.machineClock();
  // One for ninety days is replaced by one for ninety days.
  const expiresAt = newest.expiresAt === null ? null : now.add(newest.expiresAt.since(newest.createdAt));
  const fresh = freshToken(deps, { ...newest, expiresAt });
  const hours = overlap.total("hours");
  const text = `The token of the program ${name} was replaced; the one before is good for ${hours} more hour${hours === 1 ? "" : "s"}.`;
  await deps.records.commit({
    apiToken: fresh.token,
    journal: [{ at: deps.clock(), kind: "api-token-made", connectionId: null, text }],
  });
  // After the new one is there: a crash in between leaves two good tokens rather than none.
  for (const token of old)
    // oxlint-disable-next-line no-await-in-loop -- one record after the other
    await deps.records.commit({ apiToken: { ...token, expiresAt: earlierEnd(token.expiresAt, now.add(overlap)) } });
  return { outcome: "made", ...fresh };
}

export function unknownToken(name: string, configured: readonly ApiToken[]): Refusal {
  return refuse(configured.some((token) => token.name === name) ? "token-configured" : "unknown-token");
}
