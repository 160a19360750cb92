// What the practice E*TRADE's endpoints share, and the memory and clock that the practice Schwab has with it.
import type { Environment } from "../domain/connection.ts";
import { createAuthentication } from "./authentication.ts";
import { createBrokerCalls, type BrokerCalls } from "./broker-call.ts";
import type { Clock } from "../ports.ts";
import { isSpoiling, takeFault, type FaultPlace } from "./fault.ts";
import type { PracticeClock } from "./practice-clock.ts";
import type { PracticeKeys } from "./practice-keys.ts";
import type { PracticeRecords } from "./practice-records.ts";
import type { PracticeState } from "./practice-state.ts";

export interface PracticeOptions {
  /** The authorize page offers to log in as somebody else, whose accounts differ. */
  readonly offerOtherAccounts: boolean;
  /** A login ends the tokens that the same person got earlier under the same consumer key. */
  readonly newLoginEndsEarlier: boolean;
  /**
   * Redirect URIs that Schwab's app is registered for besides those of practice-keys.ts. Schwab itself takes https only;
   * here `http://127.0.0.1:PORT/callback/schwab` may be one, so that a rehearsal needs no certificate.
   */
  readonly redirectUris: readonly string[];
  /** What stands above every page of E*TRADE's. */
  readonly banner: string;
}

export interface PracticeBroker {
  readonly clock: PracticeClock;
  readonly keys: PracticeKeys;
  readonly options: PracticeOptions;
  readonly records: PracticeRecords;
  readonly calls: BrokerCalls;
  readonly authenticate: ReturnType<typeof createAuthentication>;
  readonly now: Clock;
  /** The clock that timestamps are held against: an hour fast while the fault "skew" is set. */
  signingClock(place: FaultPlace, environment: Environment | null): Temporal.Instant;
  /** Returns once all of it would survive the end of the process. */
  commit(): void;
}

export function createPracticeBroker(deps: {
  clock: PracticeClock;
  state: PracticeState;
  keys: PracticeKeys;
  options: PracticeOptions;
}): PracticeBroker {
  const { clock, state, keys, options } = deps;
  const { records } = state;
  const commit = () => {
    records.clockOffset = clock.offset();
    state.save();
  };
  return {
    clock,
    keys,
    options,
    records,
    calls: createBrokerCalls({ records, commit, broker: "etrade", isSpoiling }),
    authenticate: createAuthentication(keys, records),
    now: () => clock.now(),
    signingClock(place, environment) {
      const skew = takeFault(records.faults, (name) => name === "skew", place, environment);
      return skew === null ? clock.now() : clock.now().add({ hours: 1 });
    },
    commit,
  };
}
