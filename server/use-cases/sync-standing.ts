// Keeps the living message of each person and trading day true: what changed is changed where it stands, without a sound, and
// of several the newest stays. Safe at any frequency: it only mends what differs.
import { isOpenDrill } from "../domain/drill.ts";
import { livingSubject, type Message, type Notice, tradingDayOf } from "../domain/notice.ts";
import { type Person, presentPerson } from "../domain/person.ts";
import { channelNow, channelsOf } from "../domain/telling.ts";
import { marketDay } from "../domain/trading-calendar.ts";
import { DeliveryError } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Situation } from "./situation.ts";
import { wordsNow } from "./words-now.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "random" | "providers" | "outbox" | "leases" | "notifierFor" | "configuredChannels" | "wording" | "log"
>;

export async function syncStanding(deps: Needs, situation: Situation): Promise<void> {
  const standing = await deps.outbox.standingMessages();
  if (standing.length === 0) return;
  // Two who change one message at once could leave the older of two truths there.
  const release = await deps.leases.acquire("standing-messages", deps.clock());
  if (release === null) return;
  try {
    const days = Map.groupBy(standing, ({ to, notice }) => `${to} ${livingSubject(notice)}`);
    for (const messages of days.values()) {
      const newest = messages.at(-1);
      for (const message of messages) await survive(deps, message, situation, message === newest);
    }
  } finally {
    await release();
  }
}

async function survive(deps: Needs, message: Message, situation: Situation, isNewest: boolean): Promise<void> {
  const reader = presentPerson(situation.people, message.to);
  try {
    if (reader === null) await deps.outbox.showMessage(message.id, null);
    else if (isNewest) await keepTrue(deps, message, reader, situation);
    else await takeAway(deps, message, reader);
  } catch (error) {
    // Gone for good, or its channel is: then it can't be kept true any more. Otherwise the next run mends it.
    if (error instanceof DeliveryError && error.permanent) await deps.outbox.showMessage(message.id, null);
    deps.log.warn("message-not-changed", { reason: message.notice.kind, error });
  }
}

/** A reminder that a later one replaces. */
async function takeAway(deps: Needs, message: Message, reader: Person): Promise<void> {
  const { reference } = message.passage;
  const notifier = deps.notifierFor(channelNow(channelsOf(reader, deps.configuredChannels), message.passage));
  if (reference !== null) await notifier.remove?.(reference);
  await deps.outbox.showMessage(message.id, null);
}

async function keepTrue(deps: Needs, message: Message, reader: Person, situation: Situation): Promise<void> {
  const { reference, shown } = message.passage;
  const { chat, digest } = wordsNow(deps, message.notice, situation, reader);
  if (digest !== shown && reference !== null) {
    const notifier = deps.notifierFor(channelNow(channelsOf(reader, deps.configuredChannels), message.passage));
    await notifier.edit?.(reference, chat);
    await deps.outbox.showMessage(message.id, { digest, text: chat.text });
    deps.log.info("message-changed", { reason: message.notice.kind });
  }
  // After its day, or its drill, it stays as it is.
  if (isPast(message.notice, situation)) await deps.outbox.showMessage(message.id, null);
}

function isPast(notice: Notice, { now, drill }: Situation): boolean {
  if (notice.kind === "drill") return drill?.id !== notice.drill || !isOpenDrill(drill);
  const date = tradingDayOf(notice);
  const day = date === null ? null : marketDay(Temporal.PlainDate.from(date));
  return day === null || day.kind === "closed" || Temporal.Instant.compare(now, day.close) >= 0;
}
