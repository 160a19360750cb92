// Everything the page, the terminal and /status show, gathered in one go; what it means is decided by the domain.
import { type Clockwork, clockworkOf } from "../domain/clockwork.ts";
import { type Connection, newConnection } from "../domain/connection.ts";
import { nextEarlyAskAt } from "../domain/early-asks.ts";
import { isAlive, nextCheckAt } from "../domain/keep-alive.ts";
import { isDrill } from "../domain/drill.ts";
import { connectionsOf, type Message } from "../domain/notice.ts";
import { currentAuthorization, isOpen, type PendingAuthorization } from "../domain/pending-authorization.ts";
import { nextReminderAt } from "../domain/planner.ts";
import type { ProviderPolicy } from "../domain/provider-policy.ts";
import { type Status, statusOf } from "../domain/status.ts";
import { type MarketDay, marketDay, newYorkDate, nextTradingDay, type TradingDay } from "../domain/trading-calendar.ts";
import type { Confirmation } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

export interface ConnectionOverview {
  readonly connection: Connection;
  readonly policy: ProviderPolicy;
  readonly status: Status;
  readonly pending: PendingAuthorization | null;
  readonly nextCheckAt: Temporal.Instant | null;
  readonly nextReminderAt: Temporal.Instant | null;
  readonly announcedAt: Temporal.Instant | null;
  readonly confirmations: readonly Confirmation[];
}

export interface Overview {
  readonly now: Temporal.Instant;
  readonly today: MarketDay;
  readonly nextDay: TradingDay;
  readonly connections: readonly ConnectionOverview[];
  /** What no channel has taken yet, oldest first. */
  readonly undelivered: readonly Message[];
  readonly eventBacklog: { readonly count: number; readonly oldestAt: Temporal.Instant | null };
  readonly clockwork: Clockwork;
}

/** An ended authorization is shown this long, so that a reload right after the end still tells how it ended. */
const shownAfterEnd = Temporal.Duration.from({ minutes: 10 });

export async function readOverview(
  deps: Pick<Dependencies, "clock" | "providers" | "records" | "outbox">,
): Promise<Overview> {
  const now = deps.clock();
  const date = newYorkDate(now);
  const today = marketDay(date);
  const nextDay = nextTradingDay(date);
  const [recorded, pendings, confirmations, eventBacklog, undelivered, runs] = await Promise.all([
    deps.records.connections(),
    deps.records.pendingAuthorizations(now),
    deps.records.confirmations(),
    deps.outbox.eventBacklog(),
    deps.outbox.undeliveredMessages(),
    deps.records.lastRuns(),
  ]);
  const messages = undelivered.filter(({ notice }) => connectionsOf(notice).every((id) => deps.providers.has(id)));
  const byId = new Map(recorded.map((connection) => [connection.id, connection]));
  const connections = await Promise.all(
    [...deps.providers.values()].map(async ({ identity, policy }): Promise<ConnectionOverview> => {
      const connection = byId.get(identity.id) ?? newConnection(identity);
      const current = currentAuthorization(pendings, identity.id);
      const status = statusOf(connection, current, policy, now);
      return {
        connection,
        policy,
        status,
        pending: current !== null && isShown(current, connection, now) ? current : null,
        nextCheckAt: isAlive(connection, policy, now) ? nextCheckAt(connection, policy) : null,
        nextReminderAt: isDrill(identity.id)
          ? null
          : nextReminderAt(status, today, nextDay, now, nextEarlyAskAt(connection, status, policy, now)),
        announcedAt:
          connection.token === null ? null : await deps.outbox.announcedAt(identity.id, connection.token.version),
        confirmations: confirmations.filter((confirmation) => confirmation.connectionId === identity.id),
      };
    }),
  );
  return {
    now,
    today,
    nextDay,
    connections,
    undelivered: messages,
    eventBacklog,
    clockwork: clockworkOf(
      runs,
      recorded.flatMap(({ token }) => token?.storedAt ?? []),
      now,
    ),
  };
}

function isShown(pending: PendingAuthorization, { token }: Connection, now: Temporal.Instant): boolean {
  // A second link left open is moot once another one brought a token.
  if (pending.stage === "waiting" && token !== null && Temporal.Instant.compare(token.storedAt, pending.startedAt) > 0)
    return false;
  return isOpen(pending, now) || Temporal.Instant.compare(now, pending.startedAt.add(shownAfterEnd)) < 0;
}
