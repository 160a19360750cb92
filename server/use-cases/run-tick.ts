// The clockwork: whatever is due at this moment, for every connection. Reads the store once; safe at any frequency.
import type { Connection } from "../domain/connection.ts";
import { hasJustExpired, isCheckDue } from "../domain/keep-alive.ts";
import { advanceDrill } from "./advance-drill.ts";
import { deliverEvents } from "./deliver-events.ts";
import { deliverMessages } from "./deliver-messages.ts";
import type { Dependencies } from "./dependencies.ts";
import { keepAliveConnection } from "./keep-alive-connection.ts";
import { recordDeath } from "./record-death.ts";
import { interruptedConnections, recoverAuthorizations } from "./recover-authorizations.ts";
import { sendReminders } from "./send-reminders.ts";

export interface TickSummary {
  readonly recovered: number;
  readonly expired: number;
  readonly checked: number;
  readonly failed: number;
  readonly asked: number;
  readonly messagesSent: number;
  readonly messagesWaiting: number;
  readonly eventsDelivered: number;
  readonly eventsWaiting: number;
}

/** Calls to brokers at the same time; E*TRADE allows two a second per person and key. */
const maxCallsAtOnce = 8;

export async function runTick(deps: Dependencies): Promise<TickSummary> {
  const now = deps.clock();
  const [connections, pending] = await Promise.all([
    deps.records.connections(),
    deps.records.pendingAuthorizations(now),
  ]);
  let failed = 0;
  // One connection's fault must not keep the others from their checks, nor the person from the reminder.
  const survive = async (connectionId: string, work: () => Promise<unknown>) => {
    try {
      await work();
    } catch (error) {
      failed += 1;
      deps.log.error("tick-failed", { connection: connectionId, error });
    }
  };

  await survive("drill", () => advanceDrill(deps));
  const { expired, due } = sortOut(deps, connections, now);
  for (const connection of expired) await survive(connection.id, () => recordDeath(deps, connection.id, "expired"));
  // Asked before any broker is: one that takes its time must not hold up the reminder.
  let asked = await sendReminders(
    deps,
    expired.length > 0 ? await deps.records.connections() : connections,
    pending,
    now,
  );

  let recovered = 0;
  for (const id of interruptedConnections(pending))
    await survive(id, async () => {
      if (await recoverAuthorizations(deps, id)) recovered += 1;
    });
  await atMost(maxCallsAtOnce, due, (connection) =>
    survive(connection.id, () => keepAliveConnection(deps, connection.id, { force: false })),
  );
  if (recovered + failed + due.length > 0)
    asked += await sendReminders(
      deps,
      await deps.records.connections(),
      await deps.records.pendingAuthorizations(now),
      deps.clock(),
    );
  const [messages, events] = await Promise.all([deliverMessages(deps), deliverEvents(deps)]);
  return {
    recovered,
    expired: expired.length,
    checked: due.length,
    failed,
    asked,
    messagesSent: messages.sent,
    messagesWaiting: messages.waiting,
    eventsDelivered: events.delivered,
    eventsWaiting: events.waiting,
  };
}

function sortOut(deps: Pick<Dependencies, "providers">, connections: readonly Connection[], now: Temporal.Instant) {
  const expired: Connection[] = [];
  const due: Connection[] = [];
  for (const connection of connections) {
    const policy = deps.providers.get(connection.id)?.policy;
    if (policy === undefined || connection.token === null || connection.ended !== null) continue;
    if (hasJustExpired(connection, policy, now)) expired.push(connection);
    else if (isCheckDue(connection, policy, now)) due.push(connection);
  }
  return { expired, due };
}

/** Runs `work` on every item, never more than `limit` at once. */
async function atMost<T>(limit: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
}
