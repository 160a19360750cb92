// Whether the scheduled work still runs, judged from its last runs. Without it nothing is kept alive and nobody is reminded.

/** One run of the clockwork: that it still runs is evidence of its own. */
export interface Run {
  readonly kind: "tick" | "morning-alert";
  readonly at: Temporal.Instant;
  /** Nothing was left that has to be tried again. */
  readonly ok: boolean;
}

export interface Clockwork {
  readonly lastTickAt: Temporal.Instant | null;
  /** Null before the first tick. */
  readonly lastTickOk: boolean | null;
  readonly lastMorningAlertAt: Temporal.Instant | null;
  readonly late: boolean;
}

/** Several ticks missed, not one: a restart or one failed call is no alarm. */
export const lateAfter = Temporal.Duration.from({ minutes: 15 });

/**
 * `storedAt`: when each token was stored. Before the first tick the oldest of them is what the clockwork should have come
 * for; an installation without any has nothing to look after yet, so nothing is late.
 */
export function clockworkOf(
  runs: readonly Run[],
  storedAt: readonly Temporal.Instant[],
  now: Temporal.Instant,
): Clockwork {
  const tick = runs.find((run) => run.kind === "tick");
  const [oldest] = storedAt.toSorted((a, b) => Temporal.Instant.compare(a, b));
  const expectedSince = tick?.at ?? oldest;
  return {
    lastTickAt: tick?.at ?? null,
    lastTickOk: tick?.ok ?? null,
    lastMorningAlertAt: runs.find((run) => run.kind === "morning-alert")?.at ?? null,
    late: expectedSince !== undefined && Temporal.Instant.compare(now, expectedSince.add(lateAfter)) > 0,
  };
}
