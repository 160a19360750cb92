// Stores and brokers whose n-th call is the last thing the process does.
import type { Provider } from "../../../server/ports.ts";
import type { Stores } from "../../support/fakes.ts";

/** The process died: nothing it calls from here on has any effect. */
export class Crash extends Error {
  override name = "Crash" as const;
}

type Method = (...args: never[]) => Promise<unknown>;
type Around = (call: string, act: () => Promise<unknown>) => Promise<unknown>;

/** The same stores; `note` hears of each call as it is made, for example "records.commit". */
export function traced(stores: Stores, note: (call: string) => void): Stores {
  return wrapStores(stores, (call, act) => {
    note(call);
    return act();
  });
}

/** `before`: the call that kills was not made. `after`: it was, but nobody learns of its answer. */
export interface DeathPoint {
  readonly call: number;
  readonly when: "before" | "after";
}

export interface Doomed {
  readonly stores: Stores;
  readonly mortal: <T extends Provider>(provider: T) => T;
  /** How many calls were made. */
  calls(): number;
}

/** Stores and brokers of one process that dies at `death`; never, if that is null. */
export function doomed(stores: Stores, death: DeathPoint | null): Doomed {
  let calls = 0;
  let dead = false;
  const around: Around = async (_call, act) => {
    if (dead) throw new Crash("It is dead already.");
    calls += 1;
    const dies = calls === death?.call;
    if (dies) dead = true;
    if (dies && death?.when === "before") throw new Crash("It died before the call.");
    const answer = await act();
    if (dies) throw new Crash("It died after the call.");
    return answer;
  };
  return {
    stores: wrapStores(stores, around),
    mortal: (provider) => wrap(provider, "provider", around),
    calls: () => calls,
  };
}

function wrapStores(stores: Stores, around: Around): Stores {
  return {
    records: wrap(stores.records, "records", around),
    outbox: wrap(stores.outbox, "outbox", around),
    tokens: wrap(stores.tokens, "tokens", around),
    brokerKeys: wrap(stores.brokerKeys, "brokerKeys", around),
    sessions: wrap(stores.sessions, "sessions", around),
    leases: {
      acquire: async (name, now) => {
        const acquired = around("leases.acquire", () => stores.leases.acquire(name, now));
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what went in comes out
        const release = (await acquired) as (() => Promise<void>) | null;
        if (release === null) return null;
        return async () => void (await around("leases.release", release));
      },
    },
  };
}

function wrap<T extends object>(target: T, name: string, around: Around): T {
  return new Proxy(target, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property);
      if (property === "renewal" && typeof value === "object" && value !== null) return wrap(value, name, around);
      if (typeof value !== "function" || property === "issued") return value;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every other function of a port answers later
      const method = value as Method;
      return (...args: never[]) => around(`${name}.${String(property)}`, () => method.apply(object, args));
    },
  });
}
