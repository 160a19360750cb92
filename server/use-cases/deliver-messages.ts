// Brings queued notices to the person, until the channel took them; what is no longer true is dropped instead of sent.
import { dueEarlyAsk, type EarlyAsk } from "../domain/early-asks.ts";
import type { Message, Notice } from "../domain/notice.ts";
import { currentAuthorization } from "../domain/pending-authorization.ts";
import { asksPerson, currentSlot } from "../domain/planner.ts";
import type { Status } from "../domain/status.ts";
import { statusOf } from "../domain/status.ts";
import { type MarketDay, marketDay, newYorkDate } from "../domain/trading-calendar.ts";
import { DeliveryError } from "../ports.ts";
import { deliveryLease, retryDelay } from "./delivery-retry.ts";
import type { Dependencies } from "./dependencies.ts";

type Needs = Pick<Dependencies, "clock" | "providers" | "records" | "outbox" | "notifier" | "wording" | "log">;

/** No channel takes longer to answer or to fail. */
const longestSend = Temporal.Duration.from({ seconds: 15 });

/** After this long even good news is no news. */
const giveUpAfter = Temporal.Duration.from({ hours: 24 });

/** What a queued notice is held against. */
interface Situation {
  readonly now: Temporal.Instant;
  readonly today: MarketDay;
  readonly statuses: ReadonlyMap<string, Status>;
  readonly earlyAsks: ReadonlyMap<string, EarlyAsk>;
}

/** Returns how many were sent and how many have to wait for another try. */
export async function deliverMessages(deps: Needs): Promise<{ sent: number; waiting: number }> {
  const now = deps.clock();
  const leaseUntil = now.add(deliveryLease);
  const due = await deps.outbox.takeMessages(now, leaseUntil);
  if (due.length === 0) return { sent: 0, waiting: 0 };
  const [connections, pending] = await Promise.all([
    deps.records.connections(),
    deps.records.pendingAuthorizations(now),
  ]);
  const today = marketDay(newYorkDate(now));
  const statuses = new Map<string, Status>();
  const earlyAsks = new Map<string, EarlyAsk>();
  for (const connection of connections) {
    const policy = deps.providers.get(connection.id)?.policy;
    const current = currentAuthorization(pending, connection.id);
    if (policy === undefined) continue;
    const status = statusOf(connection, current, policy, now);
    statuses.set(connection.id, status);
    const earlyAsk = dueEarlyAsk(connection, status, policy, today, now);
    if (earlyAsk !== null) earlyAsks.set(connection.id, earlyAsk);
  }
  let sent = 0;
  let waiting = 0;
  for (const message of due) {
    // The rest falls due again with the lease; sending on would double what another run then takes.
    if (Temporal.Instant.compare(deps.clock().add(longestSend), leaseUntil) > 0) break;
    const notice = stillTrue(message, { today, statuses, earlyAsks, now });
    if (notice === null) {
      await deps.outbox.settleMessage(message.id, { outcome: "dropped", at: now });
      continue;
    }
    const delivered = await deliver(deps, { ...message, notice }, statuses);
    if (delivered) sent += 1;
    else waiting += 1;
  }
  return { sent, waiting };
}

/** The notice with those connections that still need it; null if it is overtaken. */
function stillTrue({ notice, createdAt }: Message, situation: Situation): Notice | null {
  const { today, statuses, earlyAsks, now } = situation;
  if (notice.kind === "renewal-required") {
    if (today.kind === "closed" || today.date.toString() !== notice.tradingDay) return null;
    // A later slot sends its own reminder; two at once would only be noise.
    if (currentSlot(today, now) !== notice.slot) return null;
    const connections = notice.connections.filter((id) => {
      const status = statuses.get(id);
      return status !== undefined && asksPerson(status, today);
    });
    return connections.length === 0 ? null : { ...notice, connections };
  }
  if (notice.kind === "login-ending") {
    // Renewed, dead, or asked for more urgently by now: nobody has to read this any more.
    const logins = notice.logins.filter(({ connection, endsAt, step }) => {
      const due = earlyAsks.get(connection);
      return due?.step === step && due.endsAt.toString() === endsAt;
    });
    return logins.length === 0 ? null : { ...notice, logins };
  }
  return Temporal.Instant.compare(now, createdAt.add(giveUpAfter)) < 0 ? notice : null;
}

async function deliver(deps: Needs, message: Message, statuses: ReadonlyMap<string, Status>): Promise<boolean> {
  const now = deps.clock();
  const identities = new Map([...deps.providers].map(([id, provider]) => [id, provider.identity]));
  let text: string;
  try {
    const chat = deps.wording(message.notice, { now, identities, statuses });
    text = chat.text;
    await deps.notifier.send(chat);
  } catch (error) {
    // One lost channel must not stop the run; the message waits and says so on the page.
    const wished = error instanceof DeliveryError ? error.retryAfterSeconds : null;
    const attempts = message.attempts + 1;
    await deps.outbox.settleMessage(message.id, { outcome: "retry", at: now.add(retryDelay(attempts, wished)) });
    deps.log.warn("message-not-sent", { reason: message.notice.kind, attempts, error });
    return false;
  }
  await deps.outbox.settleMessage(message.id, { outcome: "delivered", at: deps.clock(), text });
  deps.log.info("message-sent", { reason: message.notice.kind });
  return true;
}
