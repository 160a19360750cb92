// What queued notices are held against before they are sent, and what standing messages show: the truth of this moment.
import type { Connection } from "../domain/connection.ts";
import type { Drill } from "../domain/drill.ts";
import { dueEarlyAsk, type EarlyAsk } from "../domain/early-asks.ts";
import { isHeld } from "../domain/hold.ts";
import { connectionsOf, type Message, type Notice } from "../domain/notice.ts";
import { currentAuthorization } from "../domain/pending-authorization.ts";
import type { Person } from "../domain/person.ts";
import { asksPerson, currentSlot } from "../domain/planner.ts";
import { type Status, statusOf } from "../domain/status.ts";
import { type MarketDay, marketDay, newYorkDate } from "../domain/trading-calendar.ts";
import type { Confirmation } from "../ports.ts";
import type { Dependencies } from "./dependencies.ts";

export interface Situation {
  readonly now: Temporal.Instant;
  readonly today: MarketDay;
  readonly people: readonly Person[];
  readonly connections: ReadonlyMap<string, Connection>;
  readonly statuses: ReadonlyMap<string, Status>;
  readonly confirmations: readonly Confirmation[];
  readonly earlyAsks: ReadonlyMap<string, EarlyAsk>;
  /** The newest fire drill, with what is known of it by now; null if there never was one, or it was not asked for. */
  readonly drill: Drill | null;
}

/** After this long even good news is no news. */
const giveUpAfter = Temporal.Duration.from({ hours: 24 });

export async function readSituation(
  deps: Pick<Dependencies, "providers" | "records">,
  now: Temporal.Instant,
  drill: Drill | null = null,
): Promise<Situation> {
  const [all, pending, people, confirmations] = await Promise.all([
    deps.records.connections(),
    deps.records.pendingAuthorizations(now),
    deps.records.people(),
    deps.records.confirmations(),
  ]);
  const today = marketDay(newYorkDate(now));
  const connections = new Map<string, Connection>();
  const statuses = new Map<string, Status>();
  const earlyAsks = new Map<string, EarlyAsk>();
  for (const connection of all) {
    const policy = deps.providers.get(connection.id)?.policy;
    const current = currentAuthorization(pending, connection.id);
    if (policy === undefined) continue;
    const status = statusOf(connection, current, policy, now);
    connections.set(connection.id, connection);
    statuses.set(connection.id, status);
    const earlyAsk = dueEarlyAsk(connection, status, policy, today, now);
    if (earlyAsk !== null) earlyAsks.set(connection.id, earlyAsk);
  }
  return { now, today, people, connections, statuses, confirmations, earlyAsks, drill };
}

/** The notice with those connections that still need it; null if it is overtaken. */
export function stillTrue({ notice, createdAt }: Message, situation: Situation, reader: Person): Notice | null {
  const { today, statuses, earlyAsks, now } = situation;
  if (notice.kind === "renewal-required") {
    if (today.kind === "closed" || today.date.toString() !== notice.tradingDay) return null;
    // A later slot sends its own reminder; two at once would only be noise. So would one to who just said they are on it.
    if (currentSlot(today, now) !== notice.slot || isHeld(reader.hold, today, now)) return null;
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
  if (notice.kind === "drill")
    return situation.drill?.id === notice.drill && situation.drill.state === "running" ? notice : null;
  if (notice.kind === "all-set") {
    const isBefore = today.kind === "trading" && Temporal.Instant.compare(now, today.open) < 0;
    const isSet = notice.connections.every(
      (id) => statuses.get(id)?.word === "active" || statuses.get(id)?.word === "idle",
    );
    return isBefore && isSet && today.date.toString() === notice.tradingDay ? notice : null;
  }
  return Temporal.Instant.compare(now, createdAt.add(giveUpAfter)) < 0 ? notice : null;
}

/** Whether the living message of its reader may show it, so that it need not be told a second time. */
export function mayBeShown(message: Message, standing: readonly Message[]): boolean {
  return message.notice.kind === "renewed" && !message.notice.answersCode && standingFor(message, standing) !== null;
}

/** The living message that the same reader has of the same connection; null where there is none. */
export function standingFor({ to, notice }: Message, standing: readonly Message[]): Message | null {
  const [about = ""] = connectionsOf(notice);
  return standing.findLast((each) => each.to === to && connectionsOf(each.notice).includes(about)) ?? null;
}
