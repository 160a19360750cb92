// Plans the reminders that are due now and queues those nobody queued before. Safe at any frequency.
import { askedAt, renewersOf } from "../domain/audience.ts";
import type { Connection } from "../domain/connection.ts";
import { dueEarlyAsk, type EarlyAsk, earlyAskClaim } from "../domain/early-asks.ts";
import { isDrill } from "../domain/drill.ts";
import type { LivingLogin, MessageDraft } from "../domain/notice.ts";
import { currentAuthorization, isOpen, type PendingAuthorization } from "../domain/pending-authorization.ts";
import type { Person } from "../domain/person.ts";
import {
  askedClaim,
  asksPerson,
  currentOccasion,
  currentSlot,
  type DueReminder,
  firstSlot,
  reminderClaim,
} from "../domain/planner.ts";
import type { ProviderPolicy } from "../domain/provider-policy.ts";
import { deadlineOf, type Status, statusOf } from "../domain/status.ts";
import { tokenEvent } from "../domain/token-event.ts";
import { marketDay, newYorkDate, type TradingDay } from "../domain/trading-calendar.ts";
import type { Dependencies } from "./dependencies.ts";

type Needs = Pick<Dependencies, "clock" | "random" | "providers" | "records" | "log" | "nudge">;

/** One connection as this morning finds it. */
interface Found {
  readonly connection: Connection;
  readonly status: Status;
  readonly policy: ProviderPolicy;
  /** Whether somebody is at the broker for it. */
  readonly begun: boolean;
}

interface Due<Ask> extends Found {
  readonly ask: Ask;
}

/** Returns how many connections people are newly asked for. */
export async function sendReminders(
  deps: Needs,
  connections: readonly Connection[],
  pending: readonly PendingAuthorization[],
  now: Temporal.Instant,
): Promise<number> {
  const today = marketDay(newYorkDate(now));
  if (today.kind === "closed" || Temporal.Instant.compare(now, firstSlot(today)) < 0) return 0;
  const found: Found[] = [];
  for (const connection of connections) {
    const policy = deps.providers.get(connection.id)?.policy;
    if (policy === undefined || isDrill(connection.id)) continue;
    const current = currentAuthorization(pending, connection.id);
    const begun = current !== null && isOpen(current, now);
    found.push({ connection, status: statusOf(connection, current, policy, now), policy, begun });
  }
  const asking = found.filter(({ status }) => currentSlot(today, now) !== null && asksPerson(status, today));
  const early = found.flatMap((each): Due<EarlyAsk>[] => {
    const ask = dueEarlyAsk(each.connection, each.status, each.policy, today, now);
    return ask === null ? [] : [{ ...each, ask }];
  });
  // Before the open a morning that needs nothing may deserve a word.
  const mayBeSet = asking.length < found.length && Temporal.Instant.compare(now, today.open) < 0;
  if (asking.length + early.length === 0 && !mayBeSet) return 0;

  const people = await deps.records.people();
  const reminders = asking.flatMap((each) => remindersFor(each, people, today, now));
  const allSet = mayBeSet ? allSetMessages(found, asking, people, today, now) : [];
  if (reminders.length + early.length + allSet.length === 0) return 0;
  const taken = await deps.records.takenClaims([
    ...reminders.map(claimOf),
    ...reminders.map(({ connection }) => askedClaim(connection.id, today)),
    ...early.map(({ ask }) => earlyAskClaim(ask)),
    ...allSet.flatMap(({ claims }) => claims),
  ]);
  const freshReminders = reminders.filter((due) => !taken.has(claimOf(due)));
  const freshEarly = early.filter(({ ask }) => !taken.has(earlyAskClaim(ask)));
  const freshAllSet = allSet.filter(({ claims }) => !claims.some((claim) => taken.has(claim)));
  const messages = [
    ...reminderMessages(freshReminders, people, now),
    ...earlyMessages(freshEarly, now),
    ...freshAllSet,
  ];
  if (messages.length === 0) return 0;
  const firstAsked = new Map(
    freshReminders
      .filter(({ connection }) => !taken.has(askedClaim(connection.id, today)))
      .map(({ connection }) => [connection.id, connection]),
  );
  const outcome = await deps.records.commit({
    messages,
    // The trading system hears once per trading day that a person is needed, with the first reminder.
    claims: [...firstAsked.keys()].map((id) => askedClaim(id, today)),
    events: [...firstAsked.values()].map((connection) =>
      tokenEvent(deps.random.id(), "authorization.needed", now, connection, null),
    ),
  });
  // Another run was faster with one of the claims; the next run sees what is left.
  if (outcome === "conflict") return 0;
  const count = new Set([...freshReminders, ...freshEarly].map(({ connection }) => connection.id)).size;
  deps.log.info("reminder-queued", { count });
  deps.nudge();
  return count;
}

function remindersFor(each: Found, people: readonly Person[], today: TradingDay, now: Temporal.Instant) {
  const slot = currentSlot(today, now);
  if (slot === null) return [];
  const asked = askedAt(people, each.connection, today, slot, now, each.begun);
  return asked.flatMap((person): Due<DueReminder>[] => {
    const current = currentOccasion(today, now, person.hold);
    if (current === null) return [];
    const ask = { connectionId: each.connection.id, personId: person.id, tradingDay: today, ...current };
    return [{ ...each, ask }];
  });
}

function claimOf({ ask, connection }: Due<DueReminder>): string {
  return reminderClaim(ask, connection.ownerId);
}

/** One for each person, with all that they are asked for. */
function reminderMessages(
  due: readonly Due<DueReminder>[],
  people: readonly Person[],
  now: Temporal.Instant,
): MessageDraft[] {
  return [...Map.groupBy(due, ({ ask }) => ask.personId)].flatMap(([to, theirs]) => {
    const [ask] = theirs.map((each) => each.ask);
    if (ask === undefined) return [];
    const living = theirs.flatMap(({ connection, status, policy }): LivingLogin[] => {
      const endsAt = deadlineOf(status);
      return endsAt === null ? [] : [livingLogin(connection, endsAt, policy)];
    });
    const before = theirs.map(({ connection }) => renewersOf(people, connection)[0]);
    const insteadOf = before.find((person) => person !== undefined && person.id !== to)?.name;
    return {
      to,
      claims: theirs.map(claimOf),
      notice: {
        kind: "renewal-required" as const,
        tradingDay: ask.tradingDay.date.toString(),
        slot: ask.slot,
        connections: theirs.map(({ connection }) => connection.id),
        ...(living.length === 0 ? {} : { living }),
        ...(insteadOf === undefined ? {} : { insteadOf }),
      },
      at: now,
    };
  });
}

/** For those who wish it and have nothing to do this morning. */
function allSetMessages(
  found: readonly Found[],
  asking: readonly Found[],
  people: readonly Person[],
  today: TradingDay,
  now: Temporal.Instant,
): MessageDraft[] {
  const tradingDay = today.date.toString();
  return people
    .filter(({ wishes, removedAt }) => wishes.allSet && removedAt === null)
    .flatMap(({ id }): MessageDraft[] => {
      const theirs = found.filter(({ connection }) => connection.ownerId === id);
      if (theirs.length === 0 || asking.some((each) => theirs.includes(each))) return [];
      // What was never set up is nobody's worry; what is unknown this moment is not all set.
      if (theirs.some(({ status }) => status.word !== "active" && status.word !== "idle")) return [];
      const connections = theirs.map(({ connection }) => connection.id);
      return [
        {
          to: id,
          claims: [`all-set/${tradingDay}/${id}`],
          notice: { kind: "all-set", tradingDay, connections },
          at: now,
        },
      ];
    });
}

/** One for each owner, without a sound, and without an event: the trading system lacks nothing yet. */
function earlyMessages(due: readonly Due<EarlyAsk>[], now: Temporal.Instant): MessageDraft[] {
  return [...Map.groupBy(due, ({ connection }) => connection.ownerId)].map(([to, theirs]) => {
    const logins = theirs.map(({ ask, connection, policy }) => ({
      ...livingLogin(connection, ask.endsAt, policy),
      step: ask.step,
    }));
    return {
      to,
      claims: theirs.map(({ ask }) => earlyAskClaim(ask)),
      notice: { kind: "login-ending", logins },
      at: now,
    };
  });
}

function livingLogin({ id }: Connection, endsAt: Temporal.Instant, policy: ProviderPolicy): LivingLogin {
  return { connection: id, endsAt: endsAt.toString(), replaced: policy.newLoginEndsEarlier };
}
