// What the practice Schwab's endpoints share.
import { createBrokerCalls, type BrokerCalls } from "./broker-call.ts";
import { findFault, isSchwabSpoiling, takeFault, type Fault, type FaultName, type FaultPlace } from "./fault.ts";
import type { PracticeBroker, PracticeOptions } from "./practice-broker.ts";
import { practiceSchwab } from "./practice-keys.ts";
import type { SchwabAccessToken, SchwabLogin, SchwabRecords } from "./schwab-records.ts";
import type { SchwabSpoilingFault } from "./fault.ts";
import { accessLife, loginLife, type SchwabAccessLife, type SchwabLoginLife } from "./schwab-token-life.ts";
import type { Clock } from "../ports.ts";

export interface SchwabBroker {
  readonly options: PracticeOptions;
  readonly records: SchwabRecords;
  readonly calls: BrokerCalls<SchwabSpoilingFault>;
  readonly now: Clock;
  /** Every redirect URI that a login may name, each byte for byte. */
  redirectUris(): readonly string[];
  lifeOf(login: SchwabLogin): SchwabLoginLife;
  accessLifeOf(token: SchwabAccessToken): SchwabAccessLife;
  /** Whether the fault is set for the place; one of its `times` is used up. */
  take(name: FaultName, place: FaultPlace): boolean;
  /** Whether the fault is set for the place. */
  isSet(name: FaultName, place: FaultPlace): boolean;
}

/** Lives on the same clock, faults and file as the practice E*TRADE. */
export function createSchwabBroker(shared: PracticeBroker): SchwabBroker {
  const { records, options, now } = shared;
  const { schwab, faults } = records;
  const named =
    (find: typeof findFault | ((...sought: Parameters<typeof takeFault>) => Fault | null)) =>
    (name: FaultName, place: FaultPlace) =>
      find(faults, (one) => one === name, place, null, "schwab") !== null;
  return {
    options,
    records: schwab,
    calls: createBrokerCalls({
      records,
      commit: () => shared.commit(),
      broker: "schwab",
      isSpoiling: isSchwabSpoiling,
    }),
    now,
    redirectUris: () => [...practiceSchwab.redirectUris, ...options.redirectUris, ...schwab.redirectUris],
    lifeOf: (login) => loginLife(login, now()),
    accessLifeOf: (token) => accessLife(token, schwab.logins.get(token.login ?? ""), now()),
    take: named(takeFault),
    isSet: named(findFault),
  };
}
