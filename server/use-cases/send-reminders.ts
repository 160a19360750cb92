// Plans the reminders that are due now and queues those nobody queued before. Safe at any frequency.
import type { Connection } from "../domain/connection.ts";
import { dueEarlyAsk, type EarlyAsk, earlyAskClaim } from "../domain/early-asks.ts";
import type { LivingLogin, MessageDraft } from "../domain/notice.ts";
import { currentAuthorization, type PendingAuthorization } from "../domain/pending-authorization.ts";
import { dueReminder, type DueReminder, firstSlot, reminderClaim, reminderSlots } from "../domain/planner.ts";
import type { ProviderPolicy } from "../domain/provider-policy.ts";
import { deadlineOf, type Status, statusOf } from "../domain/status.ts";
import { tokenEvent } from "../domain/token-event.ts";
import { marketDay, newYorkDate } from "../domain/trading-calendar.ts";
import type { Dependencies } from "./dependencies.ts";

type Needs = Pick<Dependencies, "clock" | "random" | "providers" | "records" | "log" | "nudge">;

interface Due<Ask> {
  readonly ask: Ask;
  readonly connection: Connection;
  readonly status: Status;
  readonly policy: ProviderPolicy;
}

/** Returns how many connections the person is newly asked for. */
export async function sendReminders(
  deps: Needs,
  connections: readonly Connection[],
  pending: readonly PendingAuthorization[],
  now: Temporal.Instant,
): Promise<number> {
  const today = marketDay(newYorkDate(now));
  if (today.kind === "closed" || Temporal.Instant.compare(now, firstSlot(today)) < 0) return 0;
  const reminders: Due<DueReminder>[] = [];
  const early: Due<EarlyAsk>[] = [];
  for (const connection of connections) {
    const policy = deps.providers.get(connection.id)?.policy;
    if (policy === undefined) continue;
    const status = statusOf(connection, currentAuthorization(pending, connection.id), policy, now);
    const reminder = dueReminder(connection.id, status, today, now);
    if (reminder !== null) reminders.push({ ask: reminder, connection, status, policy });
    const earlyAsk = dueEarlyAsk(connection, status, policy, today, now);
    if (earlyAsk !== null) early.push({ ask: earlyAsk, connection, status, policy });
  }
  if (reminders.length + early.length === 0) return 0;

  const taken = await deps.records.takenClaims([
    ...reminders.flatMap(({ ask }) => reminderSlots.map((slot) => reminderClaim({ ...ask, slot }))),
    ...early.map(({ ask }) => earlyAskClaim(ask)),
  ]);
  const freshReminders = reminders.filter(({ ask }) => !taken.has(reminderClaim(ask)));
  const freshEarly = early.filter(({ ask }) => !taken.has(earlyAskClaim(ask)));
  const count = freshReminders.length + freshEarly.length;
  if (count === 0) return 0;
  // The trading system hears once per trading day that a person is needed, with the first reminder.
  const firstAsked = freshReminders.filter(({ ask }) =>
    reminderSlots.every((slot) => !taken.has(reminderClaim({ ...ask, slot }))),
  );
  const outcome = await deps.records.commit({
    messages: [...reminderMessage(freshReminders, now), ...earlyMessage(freshEarly, now)],
    events: firstAsked.map(({ connection }) =>
      tokenEvent(deps.random.id(), "authorization.needed", now, connection, null),
    ),
  });
  // Another run was faster with one of the claims; the next run sees what is left.
  if (outcome === "conflict") return 0;
  deps.log.info("reminder-queued", { count });
  deps.nudge();
  return count;
}

function reminderMessage(due: readonly Due<DueReminder>[], now: Temporal.Instant): MessageDraft[] {
  const [first] = due;
  if (first === undefined) return [];
  const living = due.flatMap(({ connection, status, policy }): LivingLogin[] => {
    const endsAt = deadlineOf(status);
    return endsAt === null ? [] : [livingLogin(connection, endsAt, policy)];
  });
  return [
    {
      claims: due.map(({ ask }) => reminderClaim(ask)),
      notice: {
        kind: "renewal-required",
        tradingDay: first.ask.tradingDay.date.toString(),
        slot: first.ask.slot,
        connections: due.map(({ connection }) => connection.id),
        ...(living.length === 0 ? {} : { living }),
      },
      at: now,
    },
  ];
}

/** All in one message, without a sound, and without an event: the trading system lacks nothing yet. */
function earlyMessage(due: readonly Due<EarlyAsk>[], now: Temporal.Instant): MessageDraft[] {
  if (due.length === 0) return [];
  const logins = due.map(({ ask, connection, policy }) => ({
    ...livingLogin(connection, ask.endsAt, policy),
    step: ask.step,
  }));
  return [{ claims: due.map(({ ask }) => earlyAskClaim(ask)), notice: { kind: "login-ending", logins }, at: now }];
}

function livingLogin({ id }: Connection, endsAt: Temporal.Instant, policy: ProviderPolicy): LivingLogin {
  return { connection: id, endsAt: endsAt.toString(), replaced: policy.newLoginEndsEarlier };
}
