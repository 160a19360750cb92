// One try to bring one message to its reader; a channel that fails for too long, or for good, gives way to the next one.
import type { Channel } from "../domain/channel.ts";
import { channelLabel } from "../domain/channel.ts";
import { livingSubject, type Message, type Notice, type Passage, triesKept } from "../domain/notice.ts";
import type { Person } from "../domain/person.ts";
import { channelAfter, channelNow, channelsOf } from "../domain/telling.ts";
import { DeliveryError } from "../ports.ts";
import { troubleSentence } from "./channel-trouble.ts";
import { retryDelay } from "./delivery-retry.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Situation } from "./situation.ts";
import { tellBrokenChannel } from "./tell-broken-channel.ts";
import { wordsNow } from "./words-now.ts";

type Needs = Pick<
  Dependencies,
  | "clock"
  | "machineClock"
  | "random"
  | "providers"
  | "records"
  | "outbox"
  | "notifierFor"
  | "configuredChannels"
  | "wording"
  | "log"
>;

/** "again": something fell due at once, this message over its next channel or the word that one is broken. */
export type Sent = "sent" | "waiting" | "again";

/** What failed is noted and falls due again. */
export async function sendMessage(deps: Needs, message: Message, reader: Person, situation: Situation): Promise<Sent> {
  const channels = channelsFor(message.notice, reader, deps.configuredChannels);
  const channel = channelNow(channels, message.passage);
  const startedAt = deps.machineClock();
  const tried = (failure: string | null): Passage => {
    const milliseconds = Math.round(deps.machineClock().since(startedAt).total("milliseconds"));
    const tries = [...message.passage.tries, { channel: channel.id, startedAt, milliseconds, failure }];
    return { ...message.passage, channel: channel.id, tries: tries.slice(-triesKept) };
  };
  try {
    const notifier = deps.notifierFor(channel);
    const { chat, digest } = wordsNow(deps, message.notice, situation, reader);
    const reference = await notifier.send(chat);
    // Only what asks is kept true where it stands; the rest was true when it was told.
    const stands = livingSubject(message.notice) !== null && reference !== null && notifier.edit !== undefined;
    const shown = stands ? digest : null;
    const passage = { ...tried(null), reference, shown };
    await deps.outbox.settleMessage(message.id, { outcome: "delivered", at: deps.clock(), text: chat.text, passage });
    deps.log.info("message-sent", { reason: message.notice.kind, call: channel.kind });
    return "sent";
  } catch (error) {
    return noteFailure(deps, message, reader, channel, channels, tried(troubleSentence(error)), error);
  }
}

async function noteFailure(
  deps: Needs,
  message: Message,
  reader: Person,
  channel: Channel,
  channels: readonly Channel[],
  passage: Passage,
  error: unknown,
): Promise<Sent> {
  const now = deps.clock();
  const permanent = error instanceof DeliveryError && error.permanent;
  const wished = error instanceof DeliveryError ? error.retryAfterSeconds : null;
  const patience = { permanent, seconds: reader.wishes.nextChannelAfterSeconds, wishedSeconds: wished };
  const next = channelAfter(channels, channel, passage.tries, deps.machineClock(), patience);
  // One lost channel must not stop the run; the message waits and says so on the page.
  const attempts = message.attempts + 1;
  const urgent = livingSubject(message.notice) !== null;
  const delay = retryDelay(attempts, next.channel.id === channel.id ? wished : null, urgent).total("seconds");
  await deps.outbox.settleMessage(message.id, {
    outcome: "retry",
    at: next.atOnce ? now : now.add({ milliseconds: Math.ceil(1000 * Math.min(delay, next.withinSeconds ?? delay)) }),
    passage: { ...passage, channel: next.channel.id },
  });
  deps.log[permanent ? "error" : "warn"](permanent ? "channel-broken" : "message-not-sent", {
    reason: message.notice.kind,
    call: channel.kind,
    attempts,
    error,
  });
  const told =
    permanent && message.notice.kind !== "channel-broken"
      ? await tellBrokenChannel(deps, reader, channel, troubleSentence(error))
      : false;
  return next.atOnce || told ? "again" : "waiting";
}

/** That a channel is broken is not told over that channel. */
function channelsFor(notice: Notice, reader: Person, configured: readonly Channel[]): readonly Channel[] {
  const all = channelsOf(reader, configured);
  if (notice.kind !== "channel-broken") return all;
  const others = all.filter((channel) => channelLabel(channel) !== notice.label);
  return others.length === 0 ? all : others;
}
