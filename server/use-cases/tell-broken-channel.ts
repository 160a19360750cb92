// A channel takes nothing any more: its reader hears of it over the one that comes next.
import type { Channel } from "../domain/channel.ts";
import type { Person } from "../domain/person.ts";
import { channelsOf } from "../domain/telling.ts";
import { channelAlarm } from "./channel-trouble.ts";
import type { Dependencies } from "./dependencies.ts";

/**
 * Queues it, once a day and channel. False if nothing was queued: it was told today, or there is no other channel, and the page
 * and the log have to do.
 */
export async function tellBrokenChannel(
  deps: Pick<Dependencies, "clock" | "records" | "configuredChannels">,
  reader: Person,
  broken: Channel,
  sentence: string,
): Promise<boolean> {
  const channels = channelsOf(reader, deps.configuredChannels);
  const place = channels.findIndex(({ id }) => id === broken.id);
  const next = channels[(place + 1) % channels.length];
  if (next === undefined || next.id === broken.id) return false;
  const draft = channelAlarm(reader, { channel: broken, sentence }, next, deps.clock());
  return (await deps.records.commit({ messages: [draft] })) === "committed";
}
