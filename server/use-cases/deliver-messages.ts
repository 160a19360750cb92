// Brings queued notices to their readers, until a channel took them; what is no longer true is dropped instead of sent.
import type { Message } from "../domain/notice.ts";
import { presentPerson } from "../domain/person.ts";
import { deliveryLease, retryDelay } from "./delivery-retry.ts";
import type { Dependencies } from "./dependencies.ts";
import { newestDrill } from "./drill-trace.ts";
import { type Sent, sendMessage } from "./send-message.ts";
import { mayBeShown, readSituation, type Situation, standingFor, stillTrue } from "./situation.ts";
import { syncStanding } from "./sync-standing.ts";
import { wordsNow } from "./words-now.ts";

type Needs = Pick<
  Dependencies,
  | "clock"
  | "machineClock"
  | "random"
  | "providers"
  | "records"
  | "outbox"
  | "leases"
  | "notifierFor"
  | "configuredChannels"
  | "wording"
  | "log"
>;

/** No channel takes longer to answer or to fail. */
const longestSend = Temporal.Duration.from({ seconds: 15 });

/** Returns how many were sent and how many have to wait for another try. */
export async function deliverMessages(deps: Needs): Promise<{ sent: number; waiting: number }> {
  const total = { sent: 0, waiting: 0 };
  // What a channel refused for good goes to the next one in the same run. Each round tries a later channel: it ends.
  for (let goOn = true; goOn;) {
    // oxlint-disable-next-line no-await-in-loop -- a round begins when the one before it has ended
    const counted = await deliverRound(deps);
    total.sent += counted.sent;
    total.waiting += counted.waiting;
    goOn = counted.again > 0;
  }
  return total;
}

async function deliverRound(deps: Needs): Promise<Record<Sent, number>> {
  const counted = { sent: 0, waiting: 0, again: 0 };
  const now = deps.clock();
  const leaseUntil = now.add(deliveryLease);
  const [due, standing] = await Promise.all([
    deps.outbox.takeMessages(now, leaseUntil),
    deps.outbox.standingMessages(),
  ]);
  if (due.length === 0 && standing.length === 0) return counted;
  const ofDrill = [...due, ...standing].some(({ notice }) => notice.kind === "drill");
  const situation = await readSituation(deps, now, ofDrill ? await newestDrill(deps) : null);
  const isLeft = () => Temporal.Instant.compare(deps.clock().add(longestSend), leaseUntil) <= 0;
  const shown = due.filter((message) => mayBeShown(message, standing));
  for (const message of due) {
    // The rest falls due again with the lease; sending on would double what another run then takes.
    if (!isLeft()) break;
    if (!shown.includes(message)) await deliver(deps, message, situation, counted);
  }
  await syncStanding(deps, situation);
  if (shown.length === 0) return counted;
  // Only now it is known whether the living message could be changed.
  const standingNow = await deps.outbox.standingMessages();
  for (const message of shown) {
    if (!isLeft()) break;
    await deliverUnlessShown(deps, message, standingNow, situation, counted);
  }
  return counted;
}

async function deliver(
  deps: Needs,
  message: Message,
  situation: Situation,
  counted: Record<Sent, number>,
): Promise<void> {
  const person = presentPerson(situation.people, message.to);
  const notice = person === null ? null : stillTrue(message, situation, person);
  if (person === null || notice === null)
    return deps.outbox.settleMessage(message.id, { outcome: "dropped", at: situation.now });
  counted[await sendMessage(deps, { ...message, notice }, person, situation)] += 1;
}

/** A renewal that the living message turned green for is not told a second time. */
async function deliverUnlessShown(
  deps: Needs,
  message: Message,
  standing: readonly Message[],
  situation: Situation,
  counted: Record<Sent, number>,
): Promise<void> {
  const living = standingFor(message, standing);
  const reader = presentPerson(situation.people, message.to);
  if (living === null || reader === null) return deliver(deps, message, situation, counted);
  if (living.passage.shown === wordsNow(deps, living.notice, situation, reader).digest)
    return deps.outbox.settleMessage(message.id, { outcome: "dropped", at: situation.now });
  // It could not be changed this time; perhaps the next.
  const at = situation.now.add(retryDelay(message.attempts + 1, null));
  await deps.outbox.settleMessage(message.id, { outcome: "retry", at });
  counted.waiting += 1;
}
