// What the clockwork does at its two kinds of run, deliveries included: when a run has ended, nothing of it is under way.
import { isDrill } from "../domain/drill.ts";
import { currentAuthorization } from "../domain/pending-authorization.ts";
import { needsPerson, statusOf } from "../domain/status.ts";
import { marketDay, marketPhase, newYorkDate } from "../domain/trading-calendar.ts";
import { deliverEvents } from "./deliver-events.ts";
import { deliverMessages } from "./deliver-messages.ts";
import type { Dependencies } from "./dependencies.ts";
import { proveChannels } from "./prove-channels.ts";
import { runTick, type TickSummary } from "./run-tick.ts";
import type { Outstanding } from "./scheduled-run.ts";
import { sendReminders } from "./send-reminders.ts";

/** Longer than any channel takes: what is older was left behind by somebody who died over it. */
const longestDelivery = Temporal.Duration.from({ seconds: 20 });

export async function tick(deps: Dependencies): Promise<{ summary: TickSummary; outstanding: Outstanding }> {
  const deliveries = deliveriesOf(deps);
  let summary: TickSummary;
  try {
    // Reminders leave while the brokers are still being asked.
    summary = await runTick({ ...deps, nudge: deliveries.begin });
    // After what may be urgent: a channel that is silent takes its time to be found so.
    await proveChannels({ ...deps, nudge: deliveries.begin });
  } finally {
    await deliveries.ended();
  }
  const early = deliveries.counted();
  const { messages, events } = await undelivered(deps, early.failedEvents + summary.eventsWaiting > 0);
  summary = {
    ...summary,
    messagesSent: summary.messagesSent + early.sent,
    eventsDelivered: summary.eventsDelivered + early.delivered,
  };
  return { summary, outstanding: { failed: summary.failed, messages, events } };
}

export async function morningAlert(
  deps: Dependencies,
): Promise<{ asked: number; sent: number; outstanding: Outstanding }> {
  const now = deps.clock();
  const [connections, pending] = await Promise.all([
    deps.records.connections(),
    deps.records.pendingAuthorizations(now),
  ]);
  const asked = await sendReminders({ ...deps, nudge: () => {} }, connections, pending, now);
  const [{ sent }, { waiting }] = await Promise.all([deliverMessages(deps), deliverEvents(deps)]);
  return { asked, sent, outstanding: { failed: 0, ...(await undelivered(deps, waiting > 0)) } };
}

/** Logs each connection whose token is past due while the market is open: an operator's alarm rests on that line. */
export async function reportPastDue(deps: Pick<Dependencies, "clock" | "providers" | "records" | "log">) {
  const now = deps.clock();
  if (marketPhase(marketDay(newYorkDate(now)), now) !== "open") return;
  const [connections, pending] = await Promise.all([
    deps.records.connections(),
    deps.records.pendingAuthorizations(now),
  ]);
  for (const connection of connections) {
    const policy = deps.providers.get(connection.id)?.policy;
    // Nobody trades by a connection that was never set up.
    if (policy === undefined || connection.token === null || isDrill(connection.id)) continue;
    if (needsPerson(statusOf(connection, currentAuthorization(pending, connection.id), policy, now)))
      deps.log.error("token-past-due", { connection: connection.id });
  }
}

/** Deliveries that begin when nudged, one after the other, and can be waited for. */
function deliveriesOf(deps: Dependencies) {
  const counted = { sent: 0, delivered: 0, failedEvents: 0 };
  let underWay = Promise.resolve();
  const deliver = async () => {
    const [messages, events] = await Promise.all([deliverMessages(deps), deliverEvents(deps)]);
    counted.sent += messages.sent;
    counted.delivered += events.delivered;
    counted.failedEvents += events.waiting;
  };
  return {
    begin: () => {
      underWay = underWay.then(deliver);
      // `ended` reports it; until that is asked it must not count as unhandled.
      underWay.catch(() => {});
    },
    ended: () => underWay,
    counted: () => counted,
  };
}

/** What was tried in vain or left behind; what another run has in hand this moment does not count. */
async function undelivered(deps: Pick<Dependencies, "clock" | "outbox">, eventFailed: boolean) {
  const [waiting, backlog] = await Promise.all([deps.outbox.undeliveredMessages(), deps.outbox.eventBacklog()]);
  const leftBehind = deps.clock().subtract(longestDelivery);
  const isOld = (at: Temporal.Instant) => Temporal.Instant.compare(at, leftBehind) <= 0;
  const messages = waiting.filter(({ attempts, createdAt }) => attempts > 0 || isOld(createdAt));
  const eventsWait = eventFailed || (backlog.oldestAt !== null && isOld(backlog.oldestAt));
  return { messages: messages.length, events: eventsWait ? backlog.count : 0 };
}
