// Plans the reminders that are due now and queues those nobody queued before. Safe at any frequency.
import type { Connection } from "../domain/connection.ts";
import { currentAuthorization, type PendingAuthorization } from "../domain/pending-authorization.ts";
import { currentSlot, dueReminder, type DueReminder, reminderClaim, reminderSlots } from "../domain/planner.ts";
import { statusOf } from "../domain/status.ts";
import { tokenEvent } from "../domain/token-event.ts";
import { marketDay, newYorkDate } from "../domain/trading-calendar.ts";
import type { Dependencies } from "./dependencies.ts";

type Needs = Pick<Dependencies, "clock" | "random" | "providers" | "records" | "log" | "nudge">;

/** Returns how many connections the person is newly asked for. */
export async function sendReminders(
  deps: Needs,
  connections: readonly Connection[],
  pending: readonly PendingAuthorization[],
  now: Temporal.Instant,
): Promise<number> {
  const today = marketDay(newYorkDate(now));
  if (today.kind === "closed" || currentSlot(today, now) === null) return 0;
  const due = connections.flatMap((connection): DueReminder[] => {
    const policy = deps.providers.get(connection.id)?.policy;
    if (policy === undefined) return [];
    const current = currentAuthorization(pending, connection.id);
    const reminder = dueReminder(connection.id, statusOf(connection, current, policy, now), today, now);
    return reminder === null ? [] : [reminder];
  });
  const [first] = due;
  if (first === undefined) return 0;

  const taken = await deps.records.takenClaims(
    due.flatMap((reminder) => reminderSlots.map((slot) => reminderClaim({ ...reminder, slot }))),
  );
  const fresh = due.filter((reminder) => !taken.has(reminderClaim(reminder)));
  if (fresh.length === 0) return 0;
  // The trading system hears once per trading day that a person is needed, with the first reminder.
  const firstAsked = fresh.filter((reminder) =>
    reminderSlots.every((slot) => !taken.has(reminderClaim({ ...reminder, slot }))),
  );
  const outcome = await deps.records.commit({
    messages: [
      {
        claims: fresh.map(reminderClaim),
        notice: {
          kind: "renewal-required",
          tradingDay: first.tradingDay.date.toString(),
          slot: first.slot,
          connections: fresh.map((reminder) => reminder.connectionId),
        },
        at: now,
      },
    ],
    events: firstAsked.flatMap((reminder) => {
      const connection = connections.find((each) => each.id === reminder.connectionId);
      return connection === undefined
        ? []
        : [tokenEvent(deps.random.id(), "authorization.needed", now, connection, null)];
    }),
  });
  // Another run was faster with one of the claims; the next run sees what is left.
  if (outcome === "conflict") return 0;
  deps.log.info("reminder-queued", { count: fresh.length });
  deps.nudge();
  return fresh.length;
}
