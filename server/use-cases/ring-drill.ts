// A fire drill begins: its connection appears, and its person is alerted as on a real morning.
import { mayOn } from "../domain/access.ts";
import { newConnection } from "../domain/connection.ts";
import { type Drill, drillConnectionId, drillLasts, isDrill, ringingConnection } from "../domain/drill.ts";
import { presentPerson } from "../domain/person.ts";
import { asksPerson, firstSlot } from "../domain/planner.ts";
import { marketDay, newYorkDate } from "../domain/trading-calendar.ts";
import { pinOf } from "./check-token-set.ts";
import type { Dependencies } from "./dependencies.ts";
import { readSituation } from "./situation.ts";

type Needs = Pick<Dependencies, "clock" | "random" | "providers" | "records" | "drillBroker" | "log" | "nudge">;

/** The drill as it runs; null if somebody changed one of its records this moment, and the next tick rings it. Needs the lease. */
export async function ringDrill(deps: Needs, drill: Drill): Promise<Drill | null> {
  const now = deps.clock();
  const { provider, accounts } = deps.drillBroker;
  const { identity } = provider;
  const before = (await deps.records.connection(drillConnectionId)) ?? newConnection(identity, drill.personId);
  const running: Drill = { ...drill, state: "running", rangAt: now };
  const outcome = await deps.records.commit({
    drill: running,
    connection: ringingConnection(before, drill.personId, pinOf(deps.random, identity, accounts, now)),
    messages: [
      { to: drill.personId, claims: [`drill/${drill.id}`], notice: { kind: "drill", drill: drill.id }, at: now },
    ],
    journal: [
      { at: now, kind: "drill-rang", connectionId: null, text: "The fire drill rang. Nothing real is at stake." },
    ],
  });
  if (outcome === "conflict") return null;
  deps.log.info("drill-rang");
  deps.nudge();
  return { ...running, revision: drill.revision + 1 };
}

/** Whether the person is, or will be before a drill begun now is over, asked for something real before the open. */
export async function isReallyNeeded(
  deps: Pick<Dependencies, "providers" | "records">,
  personId: string,
  now: Temporal.Instant,
): Promise<boolean> {
  const today = marketDay(newYorkDate(now));
  if (today.kind === "closed" || Temporal.Instant.compare(now, today.open) >= 0) return false;
  if (Temporal.Instant.compare(now, firstSlot(today).subtract(drillLasts)) < 0) return false;
  const { people, connections, statuses } = await readSituation(deps, now);
  const person = presentPerson(people, personId);
  if (person === null) return false;
  return [...connections.values()].some((connection) => {
    const status = statuses.get(connection.id);
    const isTheirs = !isDrill(connection.id) && mayOn(person, connection, "renew");
    return isTheirs && status !== undefined && asksPerson(status, today);
  });
}
