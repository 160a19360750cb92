// Pure. A sign-in on the page: how long it holds, and what it is good for.
import type { Person } from "./person.ts";

/** The way somebody came in. `chat`, `terminal` and `program` have no session; they stand in the journal. */
export type Door = "link" | "passkey" | "telegram" | "chat" | "terminal" | "program";

export interface WebSession {
  /** Its name to the inside; stays when the cookie's secret is exchanged. */
  readonly id: string;
  /** SHA-256 of the cookie's secret, hex. */
  readonly digest: string;
  readonly personId: string;
  readonly door: Extract<Door, "link" | "passkey" | "telegram">;
  /** The connection whose renewal it was handed over for, and nothing else; null: the whole page. */
  readonly onlyFor: string | null;
  readonly createdAt: Temporal.Instant;
  /** Last use, a few minutes coarse. */
  readonly seenAt: Temporal.Instant;
  readonly expiresAt: Temporal.Instant;
  /** The last time a passkey proved who is there; null: never in this session. */
  readonly provenAt: Temporal.Instant | null;
}

/** NIST SP 800-63B AAL2 and OWASP ASVS 7.3: twelve hours in all, thirty minutes without a sign of life. */
export const absoluteLimit = Temporal.Duration.from({ hours: 12 });
export const idleLimit = Temporal.Duration.from({ minutes: 30 });
/** A hand-over from Telegram is for one renewal. */
export const handedOverLimit = Temporal.Duration.from({ minutes: 15 });
/** How long a passkey's proof, or the link from the server's own terminal, counts as being there in person. */
export const proofLimit = Temporal.Duration.from({ minutes: 2 });
export const linkProofLimit = Temporal.Duration.from({ minutes: 10 });
/** Written down no more often than this: each sign of life would be a write. */
export const seenEvery = Temporal.Duration.from({ minutes: 5 });

/** Whether the session still opens anything for that person; `machineNow`, because no rehearsal moves sign-ins. */
export function isLive(session: WebSession, person: Person, machineNow: Temporal.Instant): boolean {
  if (person.removedAt !== null || session.personId !== person.id) return false;
  if (!isBefore(machineNow, session.expiresAt)) return false;
  // Coarse records must not shorten what the person was promised.
  if (!isBefore(machineNow, session.seenAt.add(idleLimit).add(seenEvery))) return false;
  return person.sessionsEndedAt === null || isBefore(person.sessionsEndedAt, session.createdAt);
}

export function isSeenStale({ seenAt }: WebSession, machineNow: Temporal.Instant): boolean {
  return !isBefore(machineNow, seenAt.add(seenEvery));
}

/**
 * Whether the person just proved to be there. Without any passkey the one-time link does, where `linkCounts`: on a machine
 * of their own whoever reads its terminal is its owner; on the internet only a passkey counts.
 */
export function isFreshlyProven(
  session: WebSession,
  person: Person,
  machineNow: Temporal.Instant,
  linkCounts: boolean,
): boolean {
  if (session.provenAt !== null && isBefore(machineNow, session.provenAt.add(proofLimit))) return true;
  if (session.door !== "link" || person.passkeys.length > 0 || !linkCounts) return false;
  return isBefore(machineNow, session.createdAt.add(linkProofLimit));
}

function isBefore(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) < 0;
}
