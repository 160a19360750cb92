// The daily proof of the path: before anybody may have to be asked, every channel of everybody is looked at, silently. What
// is broken is told over a channel that is not. Safe at any frequency: of each look only one is kept.
import type { Channel } from "../domain/channel.ts";
import { isProvenSince, type LookDue, lookDue, withChecks } from "../domain/channel-check.ts";
import { type Person, presentPerson } from "../domain/person.ts";
import { channelsOf } from "../domain/telling.ts";
import { marketDay, newYorkDate } from "../domain/trading-calendar.ts";
import { channelAlarm } from "./channel-trouble.ts";
import type { Dependencies } from "./dependencies.ts";
import { type Look, lookAtChannel } from "./look-at-channel.ts";

type Needs = Pick<
  Dependencies,
  "clock" | "machineClock" | "records" | "notifierFor" | "configuredChannels" | "chatAnswers" | "log" | "nudge"
>;

const maxTries = 5;

export async function proveChannels(deps: Needs): Promise<void> {
  const now = deps.clock();
  const today = marketDay(newYorkDate(now));
  const due = today.kind === "closed" ? null : lookDue(today, now);
  if (due === null) return;
  const people = await deps.records.people();
  const unproven = people.filter((person) => person.removedAt === null && unprovenOf(deps, person, due).length > 0);
  if (unproven.length === 0) return;
  const taken = await deps.records.takenClaims(unproven.map(({ id }) => due.claim(id)));
  await Promise.all(unproven.filter(({ id }) => !taken.has(due.claim(id))).map((person) => prove(deps, person, due)));
}

/** What stands on the page needs no proof: who reads of it there sees it there. */
function unprovenOf({ configuredChannels }: Needs, person: Person, { since }: LookDue): readonly Channel[] {
  return channelsOf(person, configuredChannels).filter(
    ({ id, kind }) => kind !== "panel" && !isProvenSince(person.checks, id, since),
  );
}

async function prove(deps: Needs, looked: Person, due: LookDue): Promise<void> {
  const channels = unprovenOf(deps, looked, due);
  const looks = await Promise.all(
    channels.map(async (channel) => [channel, await lookAtChannel(deps, channel)] as const),
  );
  for (let attempt = 1; attempt <= maxTries; attempt += 1) {
    // oxlint-disable-next-line no-await-in-loop -- tries follow each other
    const outcome = await keep(deps, looked.id, due, looks);
    if (outcome === "conflict") continue;
    if (outcome === "kept") report(deps, looks, due);
    return;
  }
  throw new Error(`The record of the person ${looked.id} kept changing; gave up after ${maxTries} tries.`);
}

async function keep(
  deps: Needs,
  personId: string,
  due: LookDue,
  looks: readonly (readonly [Channel, Look])[],
): Promise<"kept" | "overtaken" | "conflict"> {
  const person = presentPerson(await deps.records.people(), personId);
  if (person === null) return "overtaken";
  const theirs = channelsOf(person, deps.configuredChannels);
  const checks = withChecks(
    person.checks,
    looks.map(([, { check }]) => check),
    theirs,
  );
  const alarms = looks.flatMap(([channel, look]) => {
    // Without another one the page and the log have to do; one that only brings no answers tells it itself.
    const over = firstInOrder(theirs, checks) ?? (look.isDeaf ? channel : null);
    if (over === null || !isTold(look, due) || !theirs.some(({ id }) => id === channel.id)) return [];
    const broken = { channel, sentence: look.check.failure ?? "", isDeaf: look.isDeaf };
    return [channelAlarm(person, broken, over, deps.clock())];
  });
  const claim = due.claim(personId);
  const taken = await deps.records.takenClaims([claim, ...alarms.flatMap(({ claims }) => claims)]);
  if (taken.has(claim)) return "overtaken";
  const messages = alarms.filter(({ claims }) => !claims.some((each) => taken.has(each)));
  if ((await deps.records.commit({ person: { ...person, checks }, claims: [claim], messages })) === "conflict")
    return "conflict";
  if (messages.length > 0) deps.nudge();
  return "kept";
}

function isTold({ check, isPermanent }: Look, { isLast }: LookDue): boolean {
  return check.failure !== null && (isPermanent || isLast);
}

function firstInOrder(channels: readonly Channel[], checks: Person["checks"]): Channel | null {
  const isBroken = ({ id }: Channel) => checks.some(({ channel, failure }) => channel === id && failure !== null);
  return channels.find((channel) => !isBroken(channel)) ?? null;
}

function report(deps: Needs, looks: readonly (readonly [Channel, Look])[], due: LookDue): void {
  for (const [{ kind }, look] of looks) {
    if (look.error === null) continue;
    const isBroken = isTold(look, due);
    deps.log[isBroken ? "error" : "warn"](isBroken ? "channel-broken" : "channel-not-proven", {
      reason: look.isDeaf ? "answers" : "look",
      call: kind,
      error: look.error,
    });
  }
  deps.log.info("channels-looked-at", { count: looks.length });
}
