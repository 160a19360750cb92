// Pure. When the person is asked before a login's last morning: some days ahead of its end, and before a break in trading that
// it will not outlive. A provider whose policy names no days is never asked early.
import type { Connection } from "./connection.ts";
import { firstSlot, livesThrough } from "./planner.ts";
import type { ProviderPolicy } from "./provider-policy.ts";
import { deadlineOf, type Status } from "./status.ts";
import { type MarketDay, marketDay, newYorkDate, nextTradingDay, type TradingDay } from "./trading-calendar.ts";

/** A number: so many days before the login's end. `before-break`: after the last close before a weekend or holiday. */
export type EarlyStep = number | "before-break";

export interface EarlyAsk {
  readonly connectionId: string;
  /** Which login this is about. */
  readonly issuedAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  readonly step: EarlyStep;
}

interface EndingLogin {
  readonly connectionId: string;
  readonly issuedAt: Temporal.Instant;
  readonly endsAt: Temporal.Instant;
  readonly policy: ProviderPolicy;
}

/** Null where nothing lives that could end, and where the policy asks nobody early. */
function endingLogin({ id, token }: Connection, status: Status, policy: ProviderPolicy): EndingLogin | null {
  const endsAt = deadlineOf(status);
  if (policy.askDaysAhead.length === 0 || token === null || endsAt === null) return null;
  return { connectionId: id, issuedAt: token.issuedAt, endsAt, policy };
}

/**
 * The early ask that is due now, sent or not; the claim decides whether it still has to go out. Due on trading days, from open
 * − 60 min to midnight; a late caller gets the latest one alone.
 */
export function dueEarlyAsk(
  connection: Connection,
  status: Status,
  policy: ProviderPolicy,
  today: MarketDay,
  now: Temporal.Instant,
): EarlyAsk | null {
  const login = endingLogin(connection, status, policy);
  if (login === null || today.kind === "closed" || isBefore(now, firstSlot(today))) return null;
  // From here the reminders of the morning ask.
  if (isBefore(now, today.close) && !livesThrough(status, today)) return null;
  const reached = momentsOf(login).findLast(({ at }) => !isBefore(now, at));
  if (reached === undefined) return null;
  const { connectionId, issuedAt, endsAt } = login;
  return { connectionId, issuedAt, endsAt, step: reached.step };
}

/** Whether its end is near enough to have been told of, on whatever day and at whatever hour. */
export function isEnding(
  connection: Connection,
  status: Status,
  policy: ProviderPolicy,
  now: Temporal.Instant,
): boolean {
  const login = endingLogin(connection, status, policy);
  return login !== null && momentsOf(login).some(({ at }) => !isBefore(now, at));
}

/** When the person would next be asked early; null if never again for this login. */
export function nextEarlyAskAt(
  connection: Connection,
  status: Status,
  policy: ProviderPolicy,
  now: Temporal.Instant,
): Temporal.Instant | null {
  const login = endingLogin(connection, status, policy);
  if (login === null) return null;
  return momentsOf(login).find(({ at }) => isBefore(now, at))?.at ?? null;
}

/** The claim that makes an early ask unique: connection, login and step. */
export function earlyAskClaim({ connectionId, issuedAt, step }: EarlyAsk): string {
  return `early/${connectionId}/${issuedAt.toString()}/${step}`;
}

/** In order of time; of those that fall together, the one nearest to the end last. */
function momentsOf({ issuedAt, endsAt, policy }: EndingLogin): { step: EarlyStep; at: Temporal.Instant }[] {
  const lastDate = newYorkDate(endsAt);
  const daysAhead = policy.askDaysAhead.toSorted((a, b) => b - a);
  const moments: { step: EarlyStep; at: Temporal.Instant }[] = daysAhead.map((days) => ({
    step: days,
    at: firstSlot(tradingDayUpTo(lastDate.subtract({ days }))),
  }));
  const lost = firstLostDay(endsAt);
  const before = tradingDayUpTo(lost.date.subtract({ days: 1 }));
  if (before.date.until(lost.date).days > 1) moments.push({ step: "before-break", at: before.close });
  return moments
    .filter(({ at }) => isBefore(issuedAt, at) && isBefore(at, endsAt))
    .toSorted((a, b) => Temporal.Instant.compare(a.at, b.at));
}

/** The first trading day that is not over when the login ends. */
function firstLostDay(endsAt: Temporal.Instant): TradingDay {
  const date = newYorkDate(endsAt);
  const day = marketDay(date);
  return day.kind === "trading" && isBefore(endsAt, day.close) ? day : nextTradingDay(date);
}

/** The date itself, or the last trading day before it. */
function tradingDayUpTo(date: Temporal.PlainDate): TradingDay {
  for (let each = date; ; each = each.subtract({ days: 1 })) {
    const day = marketDay(each);
    if (day.kind === "trading") return day;
  }
}

function isBefore(a: Temporal.Instant, b: Temporal.Instant): boolean {
  return Temporal.Instant.compare(a, b) < 0;
}
