// A person sends themselves a test by one channel, now and past the outbox: what the channel says is their answer.
import { channelLabel } from "../domain/channel.ts";
import { type ChannelCheck, withChecks } from "../domain/channel-check.ts";
import { type Person, presentPerson } from "../domain/person.ts";
import { channelsOf } from "../domain/telling.ts";
import { changePerson } from "./change-person.ts";
import { troubleSentence } from "./channel-trouble.ts";
import type { Dependencies } from "./dependencies.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "machineClock" | "providers" | "records" | "notifierFor" | "configuredChannels" | "wording" | "log"
>;

/** Enough to mend a channel by; not enough to be a nuisance at somebody else's address. */
export const testsAllowed = 5;
export const testsPer = Temporal.Duration.from({ minutes: 10 });

export type TestedChannel =
  | { readonly outcome: "tested"; readonly check: ChannelCheck }
  | { readonly outcome: "unknown" }
  | { readonly outcome: "too-many"; readonly retryAfterSeconds: number };

export async function testChannel(deps: Needs, personId: string, channelId: string): Promise<TestedChannel> {
  const person = presentPerson(await deps.records.people(), personId);
  const channel =
    person === null ? undefined : channelsOf(person, deps.configuredChannels).find(({ id }) => id === channelId);
  if (person === null || channel === undefined) return { outcome: "unknown" };
  const retryAfterSeconds = await takeTurn(deps, personId);
  if (retryAfterSeconds !== null) return { outcome: "too-many", retryAfterSeconds };

  const startedAt = deps.machineClock();
  let failure: string | null = null;
  try {
    await deps
      .notifierFor(channel)
      .send(deps.wording({ kind: "channel-test", label: channelLabel(channel) }, contextOf(deps, person)));
  } catch (error) {
    failure = troubleSentence(error);
    deps.log.warn("channel-tested", { call: channel.kind, outcome: "failed", error });
  }
  const check: ChannelCheck = {
    channel: channel.id,
    checkedAt: deps.clock(),
    by: "test",
    milliseconds: Math.round(deps.machineClock().since(startedAt).total("milliseconds")),
    failure,
  };
  if (failure === null) deps.log.info("channel-tested", { call: channel.kind, outcome: "ok" });
  await changePerson(deps, personId, (current) => ({
    person: { ...current, checks: withChecks(current.checks, [check], channelsOf(current, deps.configuredChannels)) },
  }));
  return { outcome: "tested", check };
}

/** Seconds to wait, or null: it is their turn. By claims, so that it holds over all processes and restarts. */
async function takeTurn({ machineClock, records }: Needs, personId: string): Promise<number | null> {
  const seconds = machineClock().epochMilliseconds / 1000;
  const length = testsPer.total("seconds");
  const span = Math.floor(seconds / length);
  const turns = Array.from({ length: testsAllowed }, (_none, turn) => `channel-test/${personId}/${span}/${turn}`);
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- somebody may be faster
    const taken = await records.takenClaims(turns);
    const free = turns.find((turn) => !taken.has(turn));
    if (free === undefined) return Math.ceil((span + 1) * length - seconds);
    // oxlint-disable-next-line no-await-in-loop -- as above
    if ((await records.commit({ claims: [free] })) === "committed") return null;
  }
}

function contextOf({ clock, providers }: Needs, reader: Person) {
  return {
    now: clock(),
    identities: new Map([...providers].map(([id, provider]) => [id, provider.identity])),
    statuses: new Map(),
    connections: new Map(),
    confirmations: [],
    reader,
  };
}
