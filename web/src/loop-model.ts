// Pure. The closed loop of the newest token set: each step with the moment it was proven, or null while it is not.
import type { ConnectionView, TokenView } from "../../server/http/contract.ts";

export interface LoopStep {
  name: "authorized" | "refreshed" | "verified" | "stored" | "announced" | "running";
  at: string | null;
}

export interface Loop {
  version: number;
  /** From the person's tap to the token set in the store; null where no tap but a refresh brought it. */
  secondsFromTap: number | null;
  steps: LoopStep[];
}

export function loopOf({ token, consumers }: ConnectionView): Loop | null {
  if (token === null) return null;
  // The loop is closed when the slowest trading system runs on it, not when the first does.
  const confirmed = consumers.length > 0 && consumers.every(({ current }) => current);
  const last =
    consumers
      .map(({ confirmedAt }) => confirmedAt)
      .toSorted()
      .at(-1) ?? null;
  return {
    version: token.version,
    secondsFromTap: token.refreshedAt === null ? fromTap(token) : null,
    steps: [
      { name: "authorized", at: token.issuedAt },
      ...evidenceOf(token),
      { name: "announced", at: token.announcedAt },
      { name: "running", at: confirmed ? last : null },
    ],
  };
}

/** A login is proven before it is stored. What a refresh brings is stored first: it may be the only copy. */
function evidenceOf({ refreshedAt, verifiedAt, storedAt }: TokenView): LoopStep[] {
  const verified = { name: "verified", at: verifiedAt } as const;
  return refreshedAt === null
    ? [verified, { name: "stored", at: storedAt }]
    : [{ name: "refreshed", at: refreshedAt }, verified];
}

function fromTap({ startedAt, storedAt }: TokenView): number {
  return Math.max(0, Math.round((Date.parse(storedAt) - Date.parse(startedAt)) / 1000));
}
