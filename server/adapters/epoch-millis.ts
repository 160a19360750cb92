// Instants are kept as whole milliseconds since 1970, rounded down: what every store, also in the cloud, can promise.
// The clock gives whole milliseconds, so what is compared after a round trip is equal.

export function toMillis(instant: Temporal.Instant): number {
  return instant.epochMilliseconds;
}

export function toMillisOrNull(instant: Temporal.Instant | null | undefined): number | null {
  return instant?.epochMilliseconds ?? null;
}

export function toInstant(millis: number): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(millis);
}

export function toInstantOrNull(millis: number | null): Temporal.Instant | null {
  return millis === null ? null : Temporal.Instant.fromEpochMilliseconds(millis);
}
