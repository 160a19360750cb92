// Pure. The proof that a channel still reaches its person: looked at each trading morning before anybody has to be asked, and
// whenever they send themselves a test.
import type { TradingDay } from "./trading-calendar.ts";

export interface ChannelCheck {
  /** The channel's id. */
  readonly channel: string;
  readonly checkedAt: Temporal.Instant;
  /** look: nothing was sent · test: a message was. */
  readonly by: "look" | "test";
  /** How long the channel took to answer. */
  readonly milliseconds: number;
  /** What it said against it, with the remedy; null: it would take, or took, a message. */
  readonly failure: string | null;
}

/** Minutes before the open. From the first reminder on, an hour before it, the messages themselves are the proof. */
const [firstLookAt, lastLookAt, overAt] = [90, 75, 60];

export interface LookDue {
  /** The claim that makes this look at a person's channels the only one of its kind. */
  readonly claim: (personId: string) => string;
  /** What was proven since then need not be looked at. */
  readonly since: Temporal.Instant;
  /** What fails now is told, even what may pass: there is no later look. */
  readonly isLast: boolean;
}

/** Two looks a morning: what may pass by itself gets a quarter of an hour to do so. */
export function lookDue(day: TradingDay, now: Temporal.Instant): LookDue | null {
  const before = day.open.since(now).total("minutes");
  if (before > firstLookAt || before <= overAt) return null;
  const isLast = before <= lastLookAt;
  const name = `channels-looked-at/${day.date.toString()}/${isLast ? lastLookAt : firstLookAt}`;
  return { claim: (personId) => `${name}/${personId}`, since: day.open.subtract({ minutes: firstLookAt }), isLast };
}

export function isProvenSince(checks: readonly ChannelCheck[], channel: string, since: Temporal.Instant): boolean {
  const check = checks.find((each) => each.channel === channel);
  return check !== undefined && check.failure === null && Temporal.Instant.compare(check.checkedAt, since) >= 0;
}

/** The newest of each of these channels; what is known of others is forgotten. */
export function withChecks(
  checks: readonly ChannelCheck[],
  newer: readonly ChannelCheck[],
  channels: readonly { readonly id: string }[],
): readonly ChannelCheck[] {
  return channels.flatMap(({ id }) => {
    const isOf = ({ channel }: ChannelCheck) => channel === id;
    const check = newer.find(isOf) ?? checks.find(isOf);
    return check === undefined ? [] : [check];
  });
}
