// A clock that a rehearsal moves; between moves it runs at the pace of the clock beneath it.
import type { Clock } from "../ports.ts";

export interface PracticeClock {
  now(): Temporal.Instant;
  /** How far ahead of the clock beneath it runs; negative when behind. Hours are its largest unit. */
  offset(): Temporal.Duration;
  /** Moves by exact time: a day here is 24 hours, whatever New York does that night. */
  advance(duration: Temporal.Duration): void;
  setTo(instant: Temporal.Instant): void;
  reset(): void;
}

// An instant takes no unit above hours.
const inHours = (duration: Temporal.Duration) => duration.round({ largestUnit: "hours" });

export function createPracticeClock(base: Clock, offset: Temporal.Duration = new Temporal.Duration()): PracticeClock {
  let ahead = inHours(offset);
  return {
    now: () => base().add(ahead),
    offset: () => ahead,
    advance(duration) {
      ahead = inHours(ahead.add(duration));
    },
    setTo(instant) {
      ahead = instant.since(base(), { largestUnit: "hours" });
    },
    reset() {
      ahead = new Temporal.Duration();
    },
  };
}
