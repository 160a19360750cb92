// Pure. The remembered first half of a renewal, from the tap to its end.
import type { AccountPin, TokenSet } from "./connection.ts";
import type { Secret } from "./secret.ts";

/** `verifier`: the person brings a code back. `redirect`: the broker sends the browser to our callback page. */
export type Ceremony = "verifier" | "redirect";

/**
 * waiting: the person is at the broker · exchanging: the code is on its way to the broker, the answer not yet recorded ·
 * verifying: the new token set is safe here, not proven yet · confirming-accounts: proven, the owner has to say that these
 * accounts are the right ones · completed, failed: over, kept a while so that a late tap gets a true answer.
 */
export type AuthorizationStage =
  | "waiting"
  | "exchanging"
  | "verifying"
  | "confirming-accounts"
  | "completed"
  | "failed";

export type AuthorizationEnd =
  | "stored"
  | "interrupted"
  | "verifier-rejected"
  | "account-mismatch"
  | "no-accounts"
  | "candidate-rejected"
  | "not-confirmed"
  | "overtaken"
  | "cancelled";

export interface PendingAuthorization {
  readonly id: string;
  readonly connectionId: string;
  /** Hash of the web session (or the CLI's own id) that started it; only that one may finish it. */
  readonly sessionId: string;
  readonly stage: AuthorizationStage;
  readonly ceremony: Ceremony;
  readonly authorizeUrl: string;
  readonly requestToken: Secret;
  readonly requestTokenSecret: Secret;
  readonly startedAt: Temporal.Instant;
  /** When the request token dies at the broker (five minutes for E*TRADE). */
  readonly expiresAt: Temporal.Instant;
  readonly rejectedVerifiers: number;
  /** Proving calls in a row that the broker did not answer. */
  readonly failedProofs: number;
  /** No proving call before this; null while the first has not failed. */
  readonly nextProofAt: Temporal.Instant | null;
  /** The exchanged token set, from `verifying` until it is stored or discarded. */
  readonly candidate: TokenSet | null;
  /** The accounts the candidate opens, from `confirming-accounts` on; kept where they were turned away as not the pinned ones. */
  readonly candidatePin: AccountPin | null;
  readonly end: AuthorizationEnd | null;
}

/** Wrong codes a request token forgives before we ask for a new one. */
export const maxRejectedVerifiers = 3;

/** How long a proven candidate waits for the owner to confirm its accounts. */
export const confirmationWindow = Temporal.Duration.from({ minutes: 15 });

const chatPrefix = "chat:";

/** The `sessionId` of what somebody began in their chat with the bot. */
export function chatSession(personId: string): string {
  return `${chatPrefix}${personId}`;
}

/** Who began it in their chat; null where it was begun elsewhere. */
export function chatStarter({ sessionId }: Pick<PendingAuthorization, "sessionId">): string | null {
  return sessionId.startsWith(chatPrefix) ? sessionId.slice(chatPrefix.length) : null;
}

/** Whom its end is told: whoever the connection belongs to, and whoever waits for it in their chat. */
export function toldOfEnd(pending: PendingAuthorization, ownerId: string): readonly string[] {
  const starter = chatStarter(pending);
  return starter === null || starter === ownerId ? [ownerId] : [ownerId, starter];
}

export function isOpen(pending: PendingAuthorization, now: Temporal.Instant): boolean {
  switch (pending.stage) {
    case "waiting":
      return Temporal.Instant.compare(now, pending.expiresAt) < 0;
    case "exchanging":
    case "verifying":
    case "confirming-accounts":
      return true;
    case "completed":
    case "failed":
      return false;
  }
}

/** Between the code's leaving and the new token's storing, what the broker made of the earlier token is not known. */
export function mayHaveEndedEarlier({ stage }: PendingAuthorization): boolean {
  return stage === "exchanging" || stage === "verifying";
}

/** The one that matters for its connection: whose code is on its way, else the newest. `pendings` are newest first. */
export function currentAuthorization(
  pendings: readonly PendingAuthorization[],
  connectionId: string,
): PendingAuthorization | null {
  const own = pendings.filter((pending) => pending.connectionId === connectionId);
  return own.find(mayHaveEndedEarlier) ?? own[0] ?? null;
}
