// What is said of a channel that failed: the sentence for the person, and the alarm that goes out over another channel.
import { type Channel, channelLabel } from "../domain/channel.ts";
import type { MessageDraft } from "../domain/notice.ts";
import type { Person } from "../domain/person.ts";
import { newYorkDate } from "../domain/trading-calendar.ts";
import { DeliveryError } from "../ports.ts";

/** What may be shown of it: a channel's own words hold no secret, and nothing else's are shown. */
export function troubleSentence(error: unknown): string {
  return error instanceof DeliveryError ? error.message : "The message could not be made; the log says why.";
}

export interface BrokenChannel {
  readonly channel: Channel;
  readonly sentence: string;
  /** See `Notice`. */
  readonly isDeaf?: boolean;
}

/** Once a day and channel, by `over` first. */
export function channelAlarm(
  reader: Person,
  { channel, sentence, isDeaf = false }: BrokenChannel,
  over: Channel,
  at: Temporal.Instant,
): MessageDraft {
  const notice = { kind: "channel-broken", label: channelLabel(channel), sentence } as const;
  return {
    to: reader.id,
    claims: [`channel-broken/${newYorkDate(at).toString()}/${reader.id}/${channel.id}`],
    notice: isDeaf ? { ...notice, isDeaf } : notice,
    at,
    channel: over.id,
  };
}
