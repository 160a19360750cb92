// How a person wishes to be told: by which channel first, how long it may fail, when the next person is asked.
import type { Person, TellingWishes } from "../domain/person.ts";
import { channelsOf } from "../domain/telling.ts";
import { changePerson } from "./change-person.ts";
import type { Dependencies } from "./dependencies.ts";

/** Absent: as it is. */
export type ChangedWishes = { readonly [Wish in keyof TellingWishes]?: TellingWishes[Wish] | undefined };

export type OrderedChannels =
  | { readonly outcome: "changed"; readonly person: Person }
  /** `order` names a channel that is not theirs, or one twice. */
  | { readonly outcome: "unknown" };

export async function orderChannels(
  deps: Pick<Dependencies, "clock" | "records" | "configuredChannels">,
  personId: string,
  wanted: ChangedWishes,
): Promise<OrderedChannels> {
  let isUnknown = false;
  const person = await changePerson(deps, personId, (current) => {
    const theirs = new Set(channelsOf(current, deps.configuredChannels).map(({ id }) => id));
    const { order = current.wishes.order } = wanted;
    isUnknown =
      wanted.order !== undefined && (new Set(order).size < order.length || order.some((id) => !theirs.has(id)));
    if (isUnknown) return null;
    const wishes: TellingWishes = {
      order,
      nextChannelAfterSeconds: wanted.nextChannelAfterSeconds ?? current.wishes.nextChannelAfterSeconds,
      escalateAtMinutes: wanted.escalateAtMinutes ?? current.wishes.escalateAtMinutes,
      allSet: wanted.allSet ?? current.wishes.allSet,
    };
    if (JSON.stringify(wishes) === JSON.stringify(current.wishes)) return null;
    const text = `${current.name} changed how they are told.`;
    return {
      person: { ...current, wishes },
      journal: [{ at: deps.clock(), kind: "person-changed", connectionId: null, text }],
    };
  });
  return person === null || isUnknown ? { outcome: "unknown" } : { outcome: "changed", person };
}
