// What must have happened, told from the script, the exchange's notices and the practice broker's own records alone.
import type { Environment } from "../../server/domain/connection.ts";
import type { Notice } from "../../server/domain/notice.ts";
import type { TokenEvent } from "../../server/domain/token-event.ts";
import type { AccessToken } from "../../server/practice/practice-records.ts";
import { type AccessTokenLife, lifeOf } from "../../server/practice/token-life.ts";
import type { SimulatedDay } from "./simulation-calendar.ts";
import { environments, type Simulation } from "./simulation.ts";

export type Life = AccessTokenLife | "never issued";

export interface Expected {
  readonly notices: string[];
  readonly events: string[];
}

export type Oracle = ReturnType<typeof createOracle>;

const idOf = (environment: Environment) => `etrade-${environment}`;

export function createOracle({ clock, control }: Simulation) {
  const tokens = new Map<Environment, AccessToken>();
  const versions = new Map(environments.map((environment) => [environment, 0]));
  const aliveAtMidnight = new Set<Environment>();
  const askedToday = new Set<Environment>();
  let expected: Expected = { notices: [], events: [] };

  const versionOf = (environment: Environment) => versions.get(environment) ?? 0;
  const happens = (environment: Environment, event: string, notice: string | null) => {
    expected.events.push(`${event} ${idOf(environment)} v${versionOf(environment)}`);
    if (notice !== null) expected.notices.push(`${notice} ${idOf(environment)}`);
  };

  /** The broker's word on its newest token; between calls only the clock changes it. */
  function lifeNow(environment: Environment): Life {
    const token = tokens.get(environment);
    return token === undefined ? "never issued" : lifeOf(token, 1, clock.now());
  }

  async function askBroker(): Promise<void> {
    const newest = new Map((await control.state()).tokens.map((token) => [token.environment, token]));
    for (const { environment, issuedAt, lastCallAt, state } of newest.values())
      tokens.set(environment, {
        token: "",
        secret: "",
        environment,
        app: null,
        person: "yourself",
        issuedAt: Temporal.Instant.from(issuedAt),
        lastCallAt: Temporal.Instant.from(lastCallAt),
        revoked: state === "revoked",
      });
  }

  const isAlive = (environment: Environment) => ["active", "inactive"].includes(lifeNow(environment));

  return {
    lifeNow,
    isAlive,
    nextVersion: (environment: Environment) => versionOf(environment) + 1,

    askBroker,
    renewed(environment: Environment): void {
      versions.set(environment, versionOf(environment) + 1);
      happens(environment, "token.renewed", `renewed v${versionOf(environment)}`);
    },
    killed(environment: Environment): void {
      happens(environment, "token.revoked", "token-lost rejected");
      happens(environment, "authorization.needed", null);
    },
    unreachable(environment: Environment): void {
      happens(environment, "keepalive.failing", "keepalive-failing");
      happens(environment, "keepalive.recovered", "keepalive-recovered");
    },

    dayBegins(day: SimulatedDay): void {
      // On a closed day the trading system is told, and the owner left in peace.
      for (const environment of aliveAtMidnight)
        happens(environment, "token.expired", day.isTrading ? "expired" : null);
    },
    /** Call when the clock reaches a slot, before the tick. */
    slotComes(day: SimulatedDay, minutes: number): void {
      if (!day.isTrading) return;
      for (const environment of environments.filter((each) => !isAlive(each))) {
        expected.notices.push(`reminder ${day.date} ${minutes} ${idOf(environment)}`);
        if (!askedToday.has(environment)) happens(environment, "authorization.needed", null);
        askedToday.add(environment);
      }
    },

    /** What the day that ends now must have brought. */
    dayEnds(): Expected {
      aliveAtMidnight.clear();
      for (const environment of environments) if (isAlive(environment)) aliveAtMidnight.add(environment);
      askedToday.clear();
      const { notices, events } = expected;
      expected = { notices: [], events: [] };
      return { notices: notices.toSorted(), events: events.toSorted() };
    },
  };
}

export function describeNotice(notice: Notice): readonly string[] {
  switch (notice.kind) {
    case "renewal-required":
      return notice.connections.map((id) => `reminder ${notice.tradingDay} ${notice.slot} ${id}`);
    case "login-ending":
      return notice.logins.map(({ connection, step }) => `login-ending ${step} ${connection}`);
    case "renewed":
      return [`renewed v${notice.version} ${notice.connection}`];
    case "token-lost":
      return [`token-lost ${notice.reason} ${notice.connection}`];
    case "renewal-failed":
    case "account-mismatch":
    case "expired":
    case "died-early":
    case "misconfigured":
    case "keepalive-failing":
    case "keepalive-recovered":
      return [`${notice.kind} ${notice.connection}`];
    case "entry":
      return [`entry ${notice.outcome}`];
    case "match":
      throw new Error("A number to be matched is never queued.");
    case "all-set":
    case "channel-broken":
    case "channel-test":
    case "drill":
      return [notice.kind];
  }
}

export function describeEvent(event: TokenEvent): string {
  return `${event.type} ${event.connectionId} v${event.secretVersion ?? 0}`;
}
