// When a delivery that failed is tried again, for messages and events alike.

/** How long a taken delivery is ours; longer than any channel's own time limit. */
export const deliveryLease = Temporal.Duration.from({ seconds: 60 });

/** Elapsed: 5 s, 20 s, 50 s, 2 min, 4 min, then every five minutes. An hour before the open, the first minute counts. */
const delaySeconds = [5, 15, 30, 60, 120, 300] as const;

/** What asks for a renewal is never left lying for longer: the open does not wait. */
const urgentSeconds = 60;

/** `wishedSeconds`: what the channel asked for (Telegram's retry_after, a Retry-After header). */
export function retryDelay(attempts: number, wishedSeconds: number | null, urgent = false): Temporal.Duration {
  const usual = delaySeconds[Math.min(Math.max(attempts, 1), delaySeconds.length) - 1] ?? 300;
  const own = urgent ? Math.min(usual, urgentSeconds) : usual;
  return Temporal.Duration.from({ seconds: Math.max(own, Math.min(wishedSeconds ?? 0, 3600)) });
}
