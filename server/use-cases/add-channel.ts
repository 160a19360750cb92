// A person adds a channel of their own: looked at first, so that an address that can never work is said so while it is typed.
import { type Channel, channelLabel, parseChannel } from "../domain/channel.ts";
import { withChecks } from "../domain/channel-check.ts";
import { maxOwnChannels, type Person } from "../domain/person.ts";
import { channelsOf } from "../domain/telling.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";
import { lookAtChannel } from "./look-at-channel.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "machineClock" | "random" | "records" | "notifierFor" | "configuredChannels" | "chatAnswers"
>;

/** Whose chat it is the bot knows by itself; the page is there without being added. */
export const addableKinds: ReadonlySet<Channel["kind"]> = new Set(["email", "web-push", "ntfy", "slack", "discord"]);

export type AddedChannel =
  | { readonly outcome: "added"; readonly channel: Channel; readonly person: Person }
  | { readonly outcome: "malformed" | "unreachable"; readonly sentence: string }
  | { readonly outcome: "too-many" };

/** `given`: by the fields of `PlainChannel` but the id. A channel that is there already takes over what is new of it. */
export async function addChannel(deps: Needs, personId: string, given: unknown): Promise<AddedChannel> {
  const channel = parseChannel(given, (text) => deps.random.fingerprint(text));
  if ("fault" in channel) return { outcome: "malformed", sentence: channel.fault };
  if (!addableKinds.has(channel.kind))
    return {
      outcome: "malformed",
      sentence: "Only e-mail, ntfy, Slack, Discord and this browser are added here; Telegram by writing to the bot.",
    };
  const { check, isPermanent } = await lookAtChannel(deps, channel);
  if (check.failure !== null && isPermanent) return { outcome: "unreachable", sentence: check.failure };

  const kept = { isFull: false };
  const person = await changePerson(deps, personId, (current) => {
    const others = current.channels.filter(({ id }) => id !== channel.id);
    kept.isFull = others.length >= maxOwnChannels;
    if (kept.isFull) return null;
    const isNew = others.length === current.channels.length;
    const channels = isNew
      ? [...others, channel]
      : current.channels.map((each) => (each.id === channel.id ? channel : each));
    const changed = { ...current, channels };
    const checks = withChecks(current.checks, [check], channelsOf(changed, deps.configuredChannels));
    const text = `${current.name} added ${channelLabel(channel)}.`;
    return {
      person: { ...changed, checks },
      ...(isNew ? { journal: [{ at: deps.clock(), kind: "channel-added", connectionId: null, text }] } : {}),
    };
  });
  if (kept.isFull || person === null) return { outcome: "too-many" };
  return { outcome: "added", channel, person };
}
