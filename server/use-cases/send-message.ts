// One try to bring one message to its reader; a channel that fails for too long, or for good, gives way to the next one.
import type { Channel } from "../domain/channel.ts";
import { channelLabel } from "../domain/channel.ts";
import { type Message, type MessageDraft, type Passage, triesKept } from "../domain/notice.ts";
import type { Person } from "../domain/person.ts";
import { channelAfter, channelNow, channelsOf } from "../domain/telling.ts";
import { newYorkDate } from "../domain/trading-calendar.ts";
import { DeliveryError } from "../ports.ts";
import { retryDelay } from "./delivery-retry.ts";
import type { Dependencies } from "./dependencies.ts";
import type { Situation } from "./situation.ts";
import { shownDigest } from "./shown-digest.ts";

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

/** True if a channel took it. What failed is noted and falls due again. */
export async function sendMessage(
  deps: Needs,
  message: Message,
  reader: Person,
  situation: Situation,
): Promise<boolean> {
  const channels = channelsOf(reader, deps.configuredChannels);
  const channel = channelNow(channels, message.passage);
  const startedAt = deps.machineClock();
  const tried = (failure: string | null): Passage => {
    const milliseconds = Math.round(deps.machineClock().since(startedAt).total("milliseconds"));
    const tries = [...message.passage.tries, { channel: channel.id, startedAt, milliseconds, failure }];
    return { ...message.passage, channel: channel.id, tries: tries.slice(-triesKept) };
  };
  try {
    const notifier = deps.notifierFor(channel);
    const chat = deps.wording(message.notice, { ...situation, identities: identitiesOf(deps), reader });
    const reference = await notifier.send(chat);
    // Only what asks is kept true where it stands; the rest was true when it was told.
    const stands = message.notice.kind === "renewal-required" && reference !== null && notifier.edit !== undefined;
    const shown = stands ? shownDigest(deps, chat) : null;
    const passage = { ...tried(null), reference, shown };
    await deps.outbox.settleMessage(message.id, { outcome: "delivered", at: deps.clock(), text: chat.text, passage });
    deps.log.info("message-sent", { reason: message.notice.kind, call: channel.kind });
    return true;
  } catch (error) {
    await noteFailure(deps, message, reader, channel, channels, tried(sentenceOf(error)), error);
    return false;
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
): Promise<void> {
  const now = deps.clock();
  const permanent = error instanceof DeliveryError && error.permanent;
  const patience = { permanent, seconds: reader.wishes.nextChannelAfterSeconds };
  const next = channelAfter(channels, channel, passage.tries, deps.machineClock(), patience);
  // One lost channel must not stop the run; the message waits and says so on the page.
  const wished = error instanceof DeliveryError ? error.retryAfterSeconds : null;
  const attempts = message.attempts + 1;
  await deps.outbox.settleMessage(message.id, {
    outcome: "retry",
    at: next.atOnce ? now : now.add(retryDelay(attempts, next.channel.id === channel.id ? wished : null)),
    passage: { ...passage, channel: next.channel.id },
  });
  deps.log[permanent ? "error" : "warn"](permanent ? "channel-broken" : "message-not-sent", {
    reason: message.notice.kind,
    call: channel.kind,
    attempts,
    error,
  });
  if (permanent && message.notice.kind !== "channel-broken")
    await deps.records.commit({ messages: [alarm(reader, channel, next.channel, sentenceOf(error), now)] });
}

/** Once a day and channel, by the channel that comes next; where there is no other the page and the log have to do. */
function alarm(
  reader: Person,
  broken: Channel,
  next: Channel,
  sentence: string,
  at: Temporal.Instant,
): MessageDraft & { readonly channel?: string } {
  return {
    to: reader.id,
    claims: [`channel-broken/${newYorkDate(at).toString()}/${reader.id}/${broken.id}`],
    notice: { kind: "channel-broken", label: channelLabel(broken), sentence },
    at,
    ...(next.id === broken.id ? {} : { channel: next.id }),
  };
}

function identitiesOf({ providers }: Pick<Dependencies, "providers">) {
  return new Map([...providers].map(([id, provider]) => [id, provider.identity]));
}

/** What may be shown of it: a channel's own words hold no secret, and nothing else's are shown. */
function sentenceOf(error: unknown): string {
  return error instanceof DeliveryError ? error.message : "The message could not be made; the log says why.";
}
