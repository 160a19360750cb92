// A person takes a channel of their own away. What the configuration names is changed there.
import { channelLabel } from "../domain/channel.ts";
import type { Person } from "../domain/person.ts";
import { channelsOf } from "../domain/telling.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

export type RemovedChannel =
  | { readonly outcome: "removed"; readonly person: Person }
  | { readonly outcome: "unknown" }
  /** It is theirs by the configuration, or it is their chat. */
  | { readonly outcome: "not-own" };

export async function removeChannel(
  deps: Pick<Dependencies, "clock" | "records" | "configuredChannels">,
  personId: string,
  channelId: string,
): Promise<RemovedChannel> {
  const found: { outcome: RemovedChannel["outcome"] } = { outcome: "unknown" };
  const person = await changePerson(deps, personId, (current) => {
    const channel = current.channels.find(({ id }) => id === channelId);
    if (channel === undefined) {
      found.outcome = channelsOf(current, deps.configuredChannels).some(({ id }) => id === channelId)
        ? "not-own"
        : "unknown";
      return null;
    }
    found.outcome = "removed";
    const text = `${current.name} removed ${channelLabel(channel)}.`;
    return {
      person: {
        ...current,
        channels: current.channels.filter((each) => each !== channel),
        checks: current.checks.filter((check) => check.channel !== channelId),
        wishes: { ...current.wishes, order: current.wishes.order.filter((id) => id !== channelId) },
      },
      journal: [{ at: deps.clock(), kind: "channel-removed", connectionId: null, text }],
    };
  });
  if (person === null) return { outcome: "unknown" };
  return found.outcome === "removed" ? { outcome: "removed", person } : { outcome: found.outcome };
}
