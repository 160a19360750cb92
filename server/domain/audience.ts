// Pure. Who is asked to renew a connection: its owner, and while nobody answers, more and more of those who may.
import { mayOn } from "./access.ts";
import type { Connection } from "./connection.ts";
import { isHeld } from "./hold.ts";
import { type Person, presentPerson } from "./person.ts";
import { type ReminderSlot, reminderSlots } from "./planner.ts";
import type { TradingDay } from "./trading-calendar.ts";

type Belonging = Pick<Connection, "ownerId" | "sharedWith">;

/** Whom what happens to the connection is told: its owner; nobody if they were removed. */
export function ownerOf(people: readonly Person[], { ownerId }: Belonging): Person | null {
  return presentPerson(people, ownerId);
}

/** Everybody who may renew it, in the order in which they are asked. */
export function renewersOf(people: readonly Person[], connection: Belonging): readonly Person[] {
  const ids = [connection.ownerId, ...connection.sharedWith];
  return ids.flatMap((id) => {
    const person = presentPerson(people, id);
    return person !== null && mayOn(person, connection, "renew") ? [person] : [];
  });
}

/**
 * Those who are asked at this slot. From the owner's `escalateAtMinutes` on, each slot that nobody answered asks one more.
 * `begun`: whether somebody is at the broker for it this moment.
 */
export function askedAt(
  people: readonly Person[],
  connection: Belonging,
  day: TradingDay,
  slot: ReminderSlot,
  now: Temporal.Instant,
  begun: boolean,
): readonly Person[] {
  const [first, ...others] = renewersOf(people, connection);
  if (first === undefined) return [];
  if (begun || isHeld(first.hold, day, now)) return [first];
  const escalations = reminderSlots.filter((each) => each <= first.wishes.escalateAtMinutes && each >= slot);
  return [first, ...others.slice(0, escalations.length)];
}
