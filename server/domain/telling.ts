// Pure. By which channels a person is told, in which order, and when the next one is tried.
import type { Channel } from "./channel.ts";
import type { Passage, Try } from "./notice.ts";
import { firstPersonId, type Person } from "./person.ts";

/** What stands on the page and in the terminal; for who has no other. */
const panel: Channel = { kind: "panel", id: "panel" };

/**
 * Never empty; the first is tried first. `configured`: the channels that the configuration names, which are the first
 * person's, as their chat is.
 */
export function channelsOf(person: Person, configured: readonly Channel[]): readonly Channel[] {
  const chat: Channel[] = person.chatId === null ? [] : [{ kind: "telegram", id: "telegram", chatId: person.chatId }];
  const all = [...chat, ...(person.id === firstPersonId ? configured : []), ...person.channels];
  const unique = all.filter(({ id }, index) => all.findIndex((other) => other.id === id) === index);
  const rank = (channel: Channel) => {
    const place = person.wishes.order.indexOf(channel.id);
    return place === -1 ? Infinity : place;
  };
  const ordered = unique.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  return ordered.length === 0 ? [panel] : ordered;
}

/** The channel that is tried now; the first one where the one it was at is gone. */
export function channelNow(channels: readonly Channel[], { channel }: Passage): Channel {
  return channels.find(({ id }) => id === channel) ?? channels[0] ?? panel;
}

/**
 * The channel that is tried after a failure. The same one until it has failed for so long; the next one at once where trying
 * again would be pointless. After the last comes the first: a channel may have been mended meanwhile.
 */
export function channelAfter(
  channels: readonly Channel[],
  failed: Channel,
  tries: readonly Try[],
  now: Temporal.Instant,
  patience: {
    readonly permanent: boolean;
    readonly seconds: number;
    /** What the channel asked to be left alone for; null: nothing. */
    readonly wishedSeconds: number | null;
  },
): NextTry {
  const here = tries.slice(tries.findLastIndex(({ channel }) => channel !== failed.id) + 1);
  const since = here[0]?.startedAt ?? now;
  if (channels.length < 2) return { channel: failed, atOnce: false, withinSeconds: null };
  const left = patience.seconds - now.since(since).total("seconds");
  const wished = patience.wishedSeconds ?? 0;
  if (!patience.permanent && left > 0 && wished < left)
    return { channel: failed, atOnce: false, withinSeconds: Math.max(left, 1) };
  const index = channels.findIndex(({ id }) => id === failed.id);
  const next = channels[(index + 1) % channels.length] ?? failed;
  // All of them were tried in vain: then it is time to wait.
  return { channel: next, atOnce: index + 1 < channels.length, withinSeconds: null };
}

export interface NextTry {
  readonly channel: Channel;
  readonly atOnce: boolean;
  /** When its time is up, and so another channel's begins; null where there is nothing to hurry for. */
  readonly withinSeconds: number | null;
}
