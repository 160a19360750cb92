// Pure. The closed loop of the newest token set: each step with the moment it was proven, or null while it is not.
import type { ConnectionView } from "../../server/http/contract.ts";

export interface LoopStep {
  name: "authorized" | "verified" | "stored" | "announced" | "running";
  at: string | null;
}

export interface Loop {
  version: number;
  /** From the person's tap to the token set in the store. */
  secondsFromTap: number;
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
    secondsFromTap: Math.max(0, Math.round((Date.parse(token.storedAt) - Date.parse(token.startedAt)) / 1000)),
    steps: [
      { name: "authorized", at: token.issuedAt },
      { name: "verified", at: token.verifiedAt },
      { name: "stored", at: token.storedAt },
      { name: "announced", at: token.announcedAt },
      { name: "running", at: confirmed ? last : null },
    ],
  };
}
