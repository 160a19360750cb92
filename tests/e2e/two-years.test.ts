import { expect, it } from "vitest";
import { statusOf, type Status } from "../../server/domain/status.ts";
import { verifyJournal } from "../../server/use-cases/verify-journal.ts";
import { newYork, simulatedDays, slots, tradingDays, type SimulatedDay } from "../support/simulation-calendar.ts";
import { createOracle, describeEvent, describeNotice, type Life, type Oracle } from "../support/simulation-oracle.ts";
import { renewAsOwner } from "../support/simulation-owner.ts";
import { type Deed, type DayScript, scriptOf, ticksOf } from "../support/simulation-script.ts";
import { environments, expectOn, startSimulation, type Simulation } from "../support/simulation.ts";

/** Half a minute on a machine with nothing else to do; one that is busy tenfold gets its time. */
const patience = 600_000;

/** Keep-alive calls hourly; the tick after that finds out what the broker did behind our back. */
const foundOutAfter = Temporal.Duration.from({ minutes: 65 });

it(
  "brings two years of trading days through: every reminder, expiry and event once, no token idle while the market is open",
  async () => {
    const days = simulatedDays("2026-01-01", "2027-12-31");
    const simulation = await startSimulation(newYork("2026-01-01", "00:00"));
    const oracle = createOracle(simulation);
    const published: number[] = [];
    let tradingDaysBefore = 0;

    for (const [index, day] of days.entries()) {
      const script = scriptOf(day, index, tradingDaysBefore);
      // oxlint-disable-next-line no-await-in-loop -- one day after the other
      await live(simulation, oracle, day, script, index % 3 === 0);
      simulation.purge();
      const { notices, events, errors } = simulation.told;
      published.push(...events.map((event) => event.sequence));
      expectOn(day.date, {
        notices: notices.splice(0).flatMap(describeNotice).toSorted(),
        events: events.splice(0).map(describeEvent).toSorted(),
        errors,
      }).toEqual({ ...oracle.dayEnds(), errors: [] });
      if (day.isTrading) tradingDaysBefore += 1;
    }

    expect(tradingDaysBefore).toBe(tradingDays);
    expect(published).toEqual(published.map((_, index) => index + 1));
    expect(await simulation.deps.outbox.lastSequence()).toBe(published.length);
    expect(await verifyJournal(simulation.deps)).toMatchObject({ fromBeforeChain: 0, fault: null });
  },
  patience,
);

type Moment = { readonly at: Temporal.Instant; readonly deed: Deed | null };

/** Lives one day through, ticks and deeds in the order of the clock. */
async function live(simulation: Simulation, oracle: Oracle, day: SimulatedDay, script: DayScript, twice: boolean) {
  const moments: readonly Moment[] = [
    ...ticksOf(day, script).map((at) => ({ at, deed: null })),
    ...script.deeds.map((deed) => ({ at: newYork(day.date, deed.time), deed })),
  ].toSorted((a, b) => Temporal.Instant.compare(a.at, b.at));
  const slotAt = new Map(slots.map(({ time, minutes }) => [newYork(day.date, time).epochMilliseconds, minutes]));
  const witness = createWitness(simulation, oracle, day, script);
  oracle.dayBegins(day);
  for (const { at, deed } of moments) {
    simulation.clock.setTo(at);
    // oxlint-disable no-await-in-loop -- time goes forward
    if (deed !== null) {
      await carryOut(simulation, oracle, day, deed);
      if (deed.deed === "kill-token") witness.killed(at);
      await oracle.askBroker();
      continue;
    }
    await witness.tickComes(at);
    const slot = slotAt.get(at.epochMilliseconds);
    if (slot !== undefined) oracle.slotComes(day, slot);
    await simulation.tick(twice);
    await witness.tickWasRun(at);
    // oxlint-enable no-await-in-loop
  }
}

async function carryOut(simulation: Simulation, oracle: Oracle, day: SimulatedDay, deed: Deed): Promise<void> {
  switch (deed.deed) {
    case "renew":
      for (const environment of deed.environments) {
        // oxlint-disable-next-line no-await-in-loop -- the owner has one phone
        const result = await renewAsOwner(simulation, `etrade-${environment}`, deed.wrongCodeFirst);
        const wanted = deed.inVain
          ? "refused: broker-unavailable"
          : `stored as version ${oracle.nextVersion(environment)}`;
        expectOn(day.date, result).toBe(wanted);
        if (!deed.inVain) oracle.renewed(environment);
      }
      return;
    case "kill-token":
      expectOn(day.date, await simulation.control.killToken(deed.environment)).toBe(1);
      oracle.killed(deed.environment);
      return;
    case "begin-maintenance":
      await simulation.control.fault({ fault: "maintenance" });
      return;
    case "end-maintenance":
      await simulation.control.clear();
      // Only tokens are checked, so only tokens are found unreachable.
      for (const environment of environments) if (oracle.isAlive(environment)) oracle.unreachable(environment);
  }
}

/** Holds what Prebell says at each tick against what the broker says. */
function createWitness({ deps }: Simulation, oracle: Oracle, day: SimulatedDay, script: DayScript) {
  const [opens, closes] = [newYork(day.date, "09:30"), newYork(day.date, day.closesAt)];
  const wakesAt = script.asleep === null ? null : newYork(day.date, script.asleep.to);
  const hasMaintenance = script.deeds.some(({ deed }) => deed === "begin-maintenance");
  let excusedUntil = newYork(day.date, "00:00");

  const isOpen = (at: Temporal.Instant) =>
    day.isTrading && Temporal.Instant.compare(at, opens) >= 0 && Temporal.Instant.compare(at, closes) <= 0;
  // What is known of a life can only be too short: calls lengthen it, and what ends it is in the script.
  const findIdle = async () => {
    const idle = () => environments.filter((environment) => oracle.lifeNow(environment) === "inactive");
    if (idle().length > 0) await oracle.askBroker();
    return idle();
  };

  return {
    killed(at: Temporal.Instant): void {
      excusedUntil = at.add(foundOutAfter);
    },
    async tickComes(at: Temporal.Instant): Promise<void> {
      if (!isOpen(at) || wakesAt?.equals(at)) return;
      const idle = await findIdle();
      if (idle.length > 0) expectOn(`${day.date}, idle at ${at.toString()}`, idle).toEqual([]);
    },
    async tickWasRun(at: Temporal.Instant): Promise<void> {
      if (Temporal.Instant.compare(at, excusedUntil) < 0) return;
      if (isOpen(at)) await findIdle();
      for (const connection of await deps.records.connections()) {
        const policy = deps.providers.get(connection.id)?.policy;
        if (policy === undefined) continue;
        const { word } = statusOf(connection, null, policy, at);
        const life = oracle.lifeNow(connection.environment);
        const agrees =
          word === wordFor(life) ||
          (word === "active" && life === "inactive" && !isOpen(at)) ||
          (word === "unknown" && life === "active" && hasMaintenance);
        if (!agrees) expectOn(`${day.date}, ${connection.id} at ${at.toString()}`, word).toBe(wordFor(life));
      }
    },
  };
}

function wordFor(life: Life): Status["word"] {
  switch (life) {
    case "active":
      return "active";
    case "inactive":
      return "idle";
    case "expired":
    case "revoked":
    case "never issued":
      return "needs-authorization";
  }
}
