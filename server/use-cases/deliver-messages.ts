// Brings queued notices to their readers, until a channel took them; what is no longer true is dropped instead of sent.
import type { Message } from "../domain/notice.ts";
import { presentPerson } from "../domain/person.ts";
import { deliveryLease } from "./delivery-retry.ts";
import type { Dependencies } from "./dependencies.ts";
import { type Sent, sendMessage } from "./send-message.ts";
import { isNews, readSituation, stillTrue } from "./situation.ts";
import { syncStanding } from "./sync-standing.ts";

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
    const now = deps.clock();
    const leaseUntil = now.add(deliveryLease);
    // oxlint-disable-next-line no-await-in-loop -- a round begins when the one before it has ended
    const [due, standing] = await Promise.all([
      deps.outbox.takeMessages(now, leaseUntil),
      deps.outbox.standingMessages(),
    ]);
    if (due.length === 0 && standing.length === 0) break;
    const situation = await readSituation(deps, now);
    const { again, ...counted } = await deliverDue(deps, due, standing, situation, leaseUntil);
    total.sent += counted.sent;
    total.waiting += counted.waiting;
    goOn = again > 0;
    if (!goOn) await syncStanding(deps, situation);
  }
  return total;
}

async function deliverDue(
  deps: Needs,
  due: readonly Message[],
  standing: readonly Message[],
  situation: Awaited<ReturnType<typeof readSituation>>,
  leaseUntil: Temporal.Instant,
): Promise<Record<Sent, number>> {
  const counted = { sent: 0, waiting: 0, again: 0 };
  for (const message of due) {
    // The rest falls due again with the lease; sending on would double what another run then takes.
    if (Temporal.Instant.compare(deps.clock().add(longestSend), leaseUntil) > 0) break;
    const person = presentPerson(situation.people, message.to);
    const notice = person === null ? null : stillTrue(message, situation, person);
    if (person === null || notice === null || !isNews(message, standing)) {
      await deps.outbox.settleMessage(message.id, { outcome: "dropped", at: situation.now });
      continue;
    }
    counted[await sendMessage(deps, { ...message, notice }, person, situation)] += 1;
  }
  return counted;
}
