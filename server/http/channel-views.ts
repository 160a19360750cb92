// From a person's channels, and what became of their messages, to the page's contract. Pure.
import { type Channel, channelLabel } from "../domain/channel.ts";
import type { ChannelCheck } from "../domain/channel-check.ts";
import type { Message, Try } from "../domain/notice.ts";
import { maxOwnChannels, type Person } from "../domain/person.ts";
import { channelsOf } from "../domain/telling.ts";
import type {
  ChannelOffers,
  ChannelCheckView,
  ChannelName,
  StatusReply,
  ChannelsReply,
  ChannelView,
  TryView,
} from "./contract.ts";
import { iso } from "./views.ts";

const deliveriesShown = 3;

/** `messages`: theirs, newest first. */
export function channelsReply(
  person: Person,
  configured: readonly Channel[],
  messages: readonly Message[],
  offers: ChannelOffers,
): ChannelsReply {
  const tries = messages
    .flatMap(({ passage }) => passage.tries)
    .toSorted((a, b) => Temporal.Instant.compare(b.startedAt, a.startedAt));
  const { nextChannelAfterSeconds, escalateAtMinutes, allSet } = person.wishes;
  return {
    channels: channelsOf(person, configured).map((channel) => channelView(channel, person, configured, tries)),
    wishes: { nextChannelAfterSeconds, escalateAtMinutes, allSet },
    room: Math.max(0, maxOwnChannels - person.channels.length),
    offers,
  };
}

function channelView(
  channel: Channel,
  person: Person,
  configured: readonly Channel[],
  tries: readonly Try[],
): ChannelView {
  const { id, kind } = channel;
  const here = tries.filter((each) => each.channel === id);
  const failed = here.find(({ failure }) => failure !== null);
  const check = person.checks.find((each) => each.channel === id);
  return {
    id,
    kind,
    label: channelLabel(channel),
    origin: originOf(channel, person, configured),
    deliveries: here
      .filter(({ failure }) => failure === null)
      .slice(0, deliveriesShown)
      .map(({ startedAt, milliseconds }) => ({ at: iso(startedAt), seconds: milliseconds / 1000 })),
    lastFailure: failed === undefined ? null : { at: iso(failed.startedAt), sentence: failed.failure ?? "" },
    lastCheck: check === undefined ? null : checkView(check),
  };
}

function originOf({ id }: Channel, person: Person, configured: readonly Channel[]): ChannelView["origin"] {
  if (person.channels.some((channel) => channel.id === id)) return "own";
  return configured.some((channel) => channel.id === id) ? "configuration" : "chat";
}

export function checkView({ checkedAt, by, milliseconds, failure }: ChannelCheck): ChannelCheckView {
  return { at: iso(checkedAt), by, seconds: milliseconds / 1000, failure };
}

/**
 * What keeps messages from their reader: where they are told first, what waits, and what was said against it. `reader` null:
 * everybody's, whose first is told by `first`.
 */
export function chatView(
  undelivered: readonly Message[],
  reader: Person | null,
  configured: readonly Channel[],
  first: ChannelName,
): StatusReply["chat"] {
  const theirs = undelivered.filter(({ to }) => reader === null || to === reader.id);
  const failed = theirs.findLast(({ attempts }) => attempts > 0);
  return {
    channel: reader === null ? first : (channelsOf(reader, configured)[0]?.kind ?? "panel"),
    waiting: theirs.length,
    lastError:
      failed === undefined ? null : (failed.passage.tries.at(-1)?.failure ?? "The last try failed; it is tried again."),
  };
}

/** `channels`: the reader's. */
export function tryView({ channel, startedAt, milliseconds, failure }: Try, channels: readonly Channel[]): TryView {
  return { channel: labelOf(channel, channels), at: iso(startedAt), seconds: milliseconds / 1000, failure };
}

export function labelOf(id: string, channels: readonly Channel[]): string {
  const channel = channels.find((each) => each.id === id);
  return channel === undefined ? "a channel that was removed" : channelLabel(channel);
}
