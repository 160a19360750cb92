// Pure. How many failures a door takes before it waits. Only failures fill a bucket, so that nobody who has the key is kept
// out by those who guess.

export interface Limit {
  /** Failures within `per` that are still answered; the next ones are not looked at. */
  readonly failures: number;
  readonly per: Temporal.Duration;
}

export interface Bucket {
  readonly since: Temporal.Instant;
  readonly failures: number;
}

/** The bucket after one more failure at `now`; a lapsed one begins anew. */
export function withFailure(bucket: Bucket | null, { per }: Limit, now: Temporal.Instant): Bucket {
  if (bucket === null || isLapsed(bucket, per, now)) return { since: now, failures: 1 };
  return { ...bucket, failures: bucket.failures + 1 };
}

/** Seconds until the door looks again, rounded up; 0 while it does. */
export function secondsShut(bucket: Bucket | null, { failures, per }: Limit, now: Temporal.Instant): number {
  if (bucket === null || isLapsed(bucket, per, now) || bucket.failures < failures) return 0;
  return Math.max(1, Math.ceil(bucket.since.add(per).since(now).total("seconds")));
}

function isLapsed({ since }: Bucket, per: Temporal.Duration, now: Temporal.Instant): boolean {
  return Temporal.Instant.compare(now, since.add(per)) >= 0;
}
