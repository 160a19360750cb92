// Pure. "I'm on it" and "Snooze": how long a person's reminders keep still, and when they ring again.
import type { TradingDay } from "./trading-calendar.ts";

/** What a person answered to the reminders of one trading day. The newest answer counts. */
export interface Hold {
  readonly kind: "on-it" | "snoozed";
  /** New York date of the trading day. */
  readonly tradingDay: string;
  readonly setAt: Temporal.Instant;
  /** From then on it is as if nothing had been answered. */
  readonly untilAt: Temporal.Instant;
}

/** Who says they are on it is not asked for as long as a slow login takes; then silence would be a guess. */
export const onItFor = Temporal.Duration.from({ minutes: 10 });

/** Minutes; longer is no snooze but a decision not to be told. */
export const longestSnooze = 60;

/** Never past the open, which is the last slot: that one rings whatever was answered. Null where nothing is left to hold. */
export function holdFrom(
  kind: Hold["kind"],
  day: TradingDay,
  now: Temporal.Instant,
  length: Temporal.Duration = onItFor,
): Hold | null {
  const wished = now.add(length);
  const untilAt = Temporal.Instant.compare(wished, day.open) < 0 ? wished : day.open;
  if (Temporal.Instant.compare(untilAt, now) <= 0) return null;
  return { kind, tradingDay: day.date.toString(), setAt: now, untilAt };
}

/** A second tap on the same button within this time wishes nothing new. */
const doubleTap = Temporal.Duration.from({ minutes: 1 });

/** Whether `wished` says what was just answered already. */
export function isRepeated(hold: Hold | null, wished: Hold): boolean {
  return (
    hold !== null &&
    hold.kind === wished.kind &&
    hold.tradingDay === wished.tradingDay &&
    Temporal.Instant.compare(wished.setAt, hold.setAt.add(doubleTap)) < 0 &&
    Temporal.Instant.compare(wished.untilAt, hold.untilAt.add(doubleTap)) < 0
  );
}

/** Whether the answer still holds the reminders of that day. */
export function isHeld(hold: Hold | null, day: TradingDay, now: Temporal.Instant): boolean {
  return hold !== null && hold.tradingDay === day.date.toString() && Temporal.Instant.compare(now, hold.untilAt) < 0;
}
