// Pure. A fire drill: the whole loop of a morning with a practice broker, one person, and real channels; and what it proved.
import type { Try } from "./notice.ts";
import type { AccountPin, Connection } from "./connection.ts";

/** The connection that exists while a drill runs, and opens nothing. No configured or entered one can be called so. */
export const drillConnectionId = "drill";

export function isDrill(connectionId: string): boolean {
  return connectionId === drillConnectionId;
}

/**
 * planned: rings at its time · running: rang, and waits for the person, the trading system, or its end · done: the loop closed ·
 * missed: nobody began · failed: begun, and the loop did not close · cancelled: called off, by the person or for a real need.
 */
export type DrillState = "planned" | "running" | "done" | "missed" | "failed" | "cancelled";

/** When each step happened; null where it did not. */
export interface DrillSteps {
  /** A channel took the alert. */
  readonly alertedAt: Temporal.Instant | null;
  /** "I'm on it", or the first tap on Renew. */
  readonly acknowledgedAt: Temporal.Instant | null;
  /** The first tap on Renew. */
  readonly begunAt: Temporal.Instant | null;
  /** The code came back from the broker's page. */
  readonly authorizedAt: Temporal.Instant | null;
  /** Proven by a real call, stored and read back. */
  readonly renewedAt: Temporal.Instant | null;
  /** The trading system took the event, or could read it. */
  readonly publishedAt: Temporal.Instant | null;
  readonly confirmedAt: Temporal.Instant | null;
}

/** All that a drill left behind. */
export interface DrillTrace {
  readonly steps: DrillSteps;
  /** How the alert travelled; `channel` is its label. */
  readonly tries: readonly Try[];
  /** Who confirmed; null while nobody did. */
  readonly confirmedBy: string | null;
}

export interface Drill extends DrillTrace {
  /** Unguessable: the address of the drill's login page. */
  readonly id: string;
  readonly personId: string;
  readonly state: DrillState;
  readonly createdAt: Temporal.Instant;
  /** When it is to ring. */
  readonly dueAt: Temporal.Instant;
  readonly rangAt: Temporal.Instant | null;
  readonly endedAt: Temporal.Instant | null;
  /** Why it was called off, in a sentence; null where it was not. */
  readonly reason: string | null;
  /** What the practice broker remembers, as it keeps it; null when there is nothing any more. Nothing in it opens anything. */
  readonly brokerState: string | null;
  /** Of the token that was stored last, in this drill or one before it; 0 before the first. */
  readonly tokenVersion: number;
  /** That token, while the drill runs and has one. It opens nothing either. */
  readonly tokenState: string | null;
  /** Rises by one at every commit; a commit on an older revision is refused. */
  readonly revision: number;
}

const noSteps: DrillSteps = {
  alertedAt: null,
  acknowledgedAt: null,
  begunAt: null,
  authorizedAt: null,
  renewedAt: null,
  publishedAt: null,
  confirmedAt: null,
};

export function newDrill(facts: Pick<Drill, "id" | "personId" | "createdAt" | "dueAt" | "tokenVersion">): Drill {
  return {
    ...facts,
    state: "planned",
    rangAt: null,
    endedAt: null,
    reason: null,
    steps: noSteps,
    tries: [],
    confirmedBy: null,
    brokerState: null,
    tokenState: null,
    revision: 0,
  };
}

/** How far ahead a drill may be planned. */
export const longestAhead = Temporal.Duration.from({ hours: 24 });
/** From the ring to the end of it. */
export const drillLasts = Temporal.Duration.from({ minutes: 15 });
/** How long the trading system has before the built-in consumer takes its place. */
export const rehearsalAfter = Temporal.Duration.from({ seconds: 60 });
/** The built-in consumer's name. */
export const rehearsalConsumer = "rehearsal";

export function isOpenDrill({ state }: Pick<Drill, "state">): boolean {
  return state === "planned" || state === "running";
}

/** Whether no step is left that could still happen in time. */
export function isOver({ rangAt }: Drill, now: Temporal.Instant): boolean {
  return rangAt !== null && Temporal.Instant.compare(now, rangAt.add(drillLasts)) >= 0;
}

/** How a running drill ends at `now`, given what is known of it; null while it goes on. */
export function endOf(drill: Drill, { steps }: DrillTrace, now: Temporal.Instant): "done" | "missed" | "failed" | null {
  if (steps.confirmedAt !== null) return "done";
  if (!isOver(drill, now)) return null;
  return steps.begunAt === null ? "missed" : "failed";
}

/** Whether the built-in consumer steps in. */
export function isRehearsalDue({ steps }: DrillTrace, now: Temporal.Instant): boolean {
  const { publishedAt, confirmedAt } = steps;
  return (
    publishedAt !== null && confirmedAt === null && Temporal.Instant.compare(now, publishedAt.add(rehearsalAfter)) >= 0
  );
}

/**
 * The drill's connection as it stands when it rings: without a token, as on a real morning, and pinned, because a real one's
 * accounts were confirmed long ago.
 */
export function ringingConnection(before: Connection, ownerId: string, pin: AccountPin): Connection {
  return { ...bareConnection(before), ownerId, sharedWith: [], pin, removedAt: null };
}

/** As it stands when no drill runs. */
export function endedConnection(before: Connection, removedAt: Temporal.Instant): Connection {
  return { ...bareConnection(before), removedAt };
}

function bareConnection(connection: Connection): Connection {
  const empty = { token: null, lastSuccess: null, lastFailure: null, consecutiveFailures: 0, ended: null, pin: null };
  return { ...connection, ...empty, keys: null };
}
