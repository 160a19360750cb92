// "I'm on it" and "Snooze": what a person answers to this morning's reminders, and until when they keep still for it.
import { renewersOf } from "../domain/audience.ts";
import { type Hold, holdFrom, isRepeated, longestSnooze, onItFor } from "../domain/hold.ts";
import type { Person } from "../domain/person.ts";
import { asksPerson } from "../domain/planner.ts";
import { newYorkTime } from "../domain/time-words.ts";
import { marketDay, newYorkDate, type TradingDay } from "../domain/trading-calendar.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";
import { readSituation, type Situation } from "./situation.ts";

type Needs = Pick<Dependencies, "clock" | "providers" | "records" | "log" | "nudge">;

export interface HoldRequest {
  readonly personId: string;
  readonly kind: Hold["kind"];
  /** Of a snooze; at most an hour. */
  readonly minutes?: number;
  /** The day that was answered, as its message says; null: today. */
  readonly tradingDay: string | null;
}

/** not-held: there is nothing to keep still. */
export type HoldResult =
  | { readonly outcome: "held"; readonly hold: Hold }
  | { readonly outcome: "not-held"; readonly why: "another-day" | "no-trading" | "market-open" | "nothing-needed" };

/** Safe to repeat: the same answer within a minute changes nothing. */
export async function holdReminders(deps: Needs, request: HoldRequest): Promise<HoldResult> {
  const now = deps.clock();
  const today = marketDay(newYorkDate(now));
  if (request.tradingDay !== null && request.tradingDay !== today.date.toString()) return notHeld("another-day");
  if (today.kind === "closed") return notHeld("no-trading");
  const wished = holdFrom(request.kind, today, now, lengthOf(request));
  const situation = await readSituation(deps, now);
  if (!isAsked(request.personId, situation, today)) return notHeld("nothing-needed");
  if (wished === null) return notHeld("market-open");
  const person = await changePerson(deps, request.personId, (current) =>
    isRepeated(current.hold, wished)
      ? null
      : {
          person: { ...current, hold: wished },
          journal: [{ at: now, kind: "reminders-held", connectionId: null, text: holdSentence(current, wished) }],
        },
  );
  // The living message shows it at once.
  deps.nudge();
  deps.log.info("reminders-held", { reason: request.kind });
  return person?.hold == null ? notHeld("nothing-needed") : { outcome: "held", hold: person.hold };
}

function lengthOf({ kind, minutes = 10 }: HoldRequest): Temporal.Duration {
  return kind === "on-it" ? onItFor : Temporal.Duration.from({ minutes: Math.min(minutes, longestSnooze) });
}

/** Whether this morning asks the person for something, or would if nobody else answered. */
function isAsked(personId: string, { connections, statuses, people }: Situation, today: TradingDay): boolean {
  return [...connections.values()].some((connection) => {
    const status = statuses.get(connection.id);
    return (
      status !== undefined &&
      asksPerson(status, today) &&
      renewersOf(people, connection).some(({ id }) => id === personId)
    );
  });
}

function holdSentence({ name }: Person, { kind, untilAt }: Hold): string {
  const until = newYorkTime(untilAt, "minutes");
  return kind === "on-it" ? `${name} is on it, until ${until}.` : `${name} snoozed the reminders until ${until}.`;
}

function notHeld(why: Extract<HoldResult, { outcome: "not-held" }>["why"]): HoldResult {
  return { outcome: "not-held", why };
}
