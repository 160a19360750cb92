// Pure. When the person is asked: per connection and trading day, at most once per slot, only while still needed.
import { type Hold, isHeld } from "./hold.ts";
import { deadlineOf, needsPerson, type Status } from "./status.ts";
import type { MarketDay, TradingDay } from "./trading-calendar.ts";

/** Minutes before the open at which a reminder is due; 0 is the open itself. */
export const reminderSlots = [60, 30, 15, 0] as const;
export type ReminderSlot = (typeof reminderSlots)[number];

export interface DueReminder {
  readonly connectionId: string;
  readonly personId: string;
  readonly tradingDay: TradingDay;
  readonly slot: ReminderSlot;
  /** What rings now: the slot itself, or the end of what the person answered. */
  readonly occasion: string;
}

/** Whether the connection will serve this trading day to its close without the person. */
export function livesThrough(status: Status, day: TradingDay): boolean {
  if (needsPerson(status)) return false;
  const deadline = deadlineOf(status);
  return deadline !== null && Temporal.Instant.compare(deadline, day.close) >= 0;
}

/** Whether the person has to be asked for this trading day: not while the login they just made is being proven. */
export function asksPerson(status: Status, day: TradingDay): boolean {
  return needsPerson(status) || (status.word !== "authorizing" && !livesThrough(status, day));
}

/** The slot that `now` falls into; null before open − 60 min and from the close on. A late caller gets the latest slot. */
export function currentSlot(day: TradingDay, now: Temporal.Instant): ReminderSlot | null {
  if (Temporal.Instant.compare(now, day.close) >= 0) return null;
  const reached = reminderSlots.filter(
    (slot) => Temporal.Instant.compare(now, day.open.subtract({ minutes: slot })) >= 0,
  );
  return reached.at(-1) ?? null;
}

/**
 * What rings for a person now: the slot reached last, or the end of their hold where that came later. Null while they hold it,
 * and outside of the morning. The open itself rings whatever was answered (hold.ts).
 */
export function currentOccasion(
  day: TradingDay,
  now: Temporal.Instant,
  hold: Hold | null,
): { readonly slot: ReminderSlot; readonly occasion: string } | null {
  const slot = currentSlot(day, now);
  if (slot === null || isHeld(hold, day, now)) return null;
  const reachedAt = day.open.subtract({ minutes: slot });
  const heldUntil = hold?.tradingDay === day.date.toString() ? hold.untilAt : null;
  const rangLate = heldUntil !== null && Temporal.Instant.compare(heldUntil, reachedAt) > 0;
  return { slot, occasion: rangLate ? `held-until-${heldUntil.epochMilliseconds}` : String(slot) };
}

/** The claim that makes a reminder unique, whoever plans it and how often. The owner's stands for the connection. */
export function reminderClaim(
  { connectionId, tradingDay, occasion, personId }: Omit<DueReminder, "slot">,
  ownerId: string,
): string {
  const claim = `reminder/${tradingDay.date.toString()}/${occasion}/${connectionId}`;
  return personId === ownerId ? claim : `${claim}/${personId}`;
}

/** Taken with the first reminder of a trading day: the trading system hears of it once. */
export function askedClaim(connectionId: string, day: TradingDay): string {
  return `asked/${day.date.toString()}/${connectionId}`;
}

/**
 * When the person would next be asked if nothing changed; null if neither this morning nor the next one nor `early` asks.
 * `early`: the next early ask (early-asks.ts), if any.
 */
export function nextReminderAt(
  status: Status,
  today: MarketDay,
  next: TradingDay,
  now: Temporal.Instant,
  early: Temporal.Instant | null = null,
): Temporal.Instant | null {
  const morning = nextMorningAt(status, today, next, now);
  if (morning === null || early === null) return morning ?? early;
  return Temporal.Instant.compare(early, morning) < 0 ? early : morning;
}

function nextMorningAt(
  status: Status,
  today: MarketDay,
  next: TradingDay,
  now: Temporal.Instant,
): Temporal.Instant | null {
  if (today.kind === "trading" && Temporal.Instant.compare(now, today.close) < 0 && !livesThrough(status, today)) {
    const slots = reminderSlots.map((slot) => today.open.subtract({ minutes: slot }));
    const ahead = slots.find((slot) => Temporal.Instant.compare(now, slot) < 0);
    return ahead ?? firstSlot(next);
  }
  return livesThrough(status, next) ? null : firstSlot(next);
}

/** When the first reminder of a trading day goes out. */
export function firstSlot(day: TradingDay): Temporal.Instant {
  return day.open.subtract({ minutes: reminderSlots[0] });
}
