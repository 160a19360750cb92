// Brings queued notices to their readers, until a channel took them; what is no longer true is dropped instead of sent.
import type { Message } from "../domain/notice.ts";
import { presentPerson } from "../domain/person.ts";
import { deliveryLease } from "./delivery-retry.ts";
import type { Dependencies } from "./dependencies.ts";
import { sendMessage } from "./send-message.ts";
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
  const now = deps.clock();
  const leaseUntil = now.add(deliveryLease);
  const [due, standing] = await Promise.all([
    deps.outbox.takeMessages(now, leaseUntil),
    deps.outbox.standingMessages(),
  ]);
  if (due.length === 0 && standing.length === 0) return { sent: 0, waiting: 0 };
  const situation = await readSituation(deps, now);
  const result = await deliverDue(deps, due, standing, situation, leaseUntil);
  await syncStanding(deps, situation);
  return result;
}

async function deliverDue(
  deps: Needs,
  due: readonly Message[],
  standing: readonly Message[],
  situation: Awaited<ReturnType<typeof readSituation>>,
  leaseUntil: Temporal.Instant,
): Promise<{ sent: number; waiting: number }> {
  let sent = 0;
  let waiting = 0;
  for (const message of due) {
    // The rest falls due again with the lease; sending on would double what another run then takes.
    if (Temporal.Instant.compare(deps.clock().add(longestSend), leaseUntil) > 0) break;
    const person = presentPerson(situation.people, message.to);
    const notice = person === null ? null : stillTrue(message, situation, person);
    if (person === null || notice === null || !isNews(message, standing)) {
      await deps.outbox.settleMessage(message.id, { outcome: "dropped", at: situation.now });
      continue;
    }
    const delivered = await sendMessage(deps, { ...message, notice }, person, situation);
    if (delivered) sent += 1;
    else waiting += 1;
  }
  return { sent, waiting };
}
