// One call at the practice broker, from its arrival to the moment its answer leaves, with the faults that are set for it.
import { setTimeout as wait } from "node:timers/promises";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Environment } from "../domain/connection.ts";
import { isDelivery, takeFault, type BrokerName, type Fault, type FaultName, type FaultPlace } from "./fault.ts";
import type { SpoilingFault } from "./fault.ts";
import type { PracticeRecords } from "./practice-records.ts";
import { connectionOf, type PracticeContext } from "./received-call.ts";

export interface BrokerCall<Spoiling extends FaultName = SpoilingFault> {
  readonly place: FaultPlace;
  /** How the statistics name it. */
  readonly path: string;
  readonly environment: Environment | null;
  /** The broker's own work. */
  act(): Response | Promise<Response>;
  /** What the client gets instead of it. */
  spoil(fault: Spoiling): Response;
}

/** `isSpoiling` tells which faults the broker has an answer of its own for; it passes over the others. */
export function createBrokerCalls<Spoiling extends FaultName>(deps: {
  records: PracticeRecords;
  commit: () => void;
  broker: BrokerName;
  isSpoiling: (name: FaultName) => name is Spoiling;
}) {
  const { records, commit, broker, isSpoiling } = deps;
  const held = new Set<() => void>();

  async function answer(c: PracticeContext, call: BrokerCall<Spoiling>): Promise<Response> {
    records.calls.set(call.path, (records.calls.get(call.path) ?? 0) + 1);
    const take = (kind: typeof isDelivery | typeof isSpoiling) =>
      takeFault(records.faults, kind, call.place, call.environment, broker);
    const delivery = take(isDelivery);
    if (delivery?.phase === "before") {
      commit();
      if ((await delay(delivery, c)) === "gone") return RESPONSE_ALREADY_SENT;
    }
    const spoiling = take(isSpoiling);
    const response = spoiling !== null && isSpoiling(spoiling.fault) ? call.spoil(spoiling.fault) : await call.act();
    // Saved before the answer leaves, and before it is withheld: what the client may know must survive a kill.
    commit();
    if (delivery?.phase === "after" && (await delay(delivery, c)) === "gone") return RESPONSE_ALREADY_SENT;
    return response;
  }

  async function delay(fault: Fault, c: PracticeContext): Promise<"go-on" | "gone"> {
    if (fault.fault === "hang") return hold(c.req.raw.signal);
    if (fault.fault === "drop") {
      connectionOf(c)?.outgoing.destroy();
      return "gone";
    }
    await wait(fault.milliseconds);
    return "go-on";
  }

  function hold(signal: AbortSignal): Promise<"go-on" | "gone"> {
    return new Promise((resolve) => {
      const end = (outcome: "go-on" | "gone") => {
        held.delete(release);
        signal.removeEventListener("abort", leave);
        resolve(outcome);
      };
      const release = () => end("go-on");
      const leave = () => end("gone");
      held.add(release);
      signal.addEventListener("abort", leave);
      if (signal.aborted) leave();
    });
  }

  return {
    answer,
    heldCount: () => held.size,
    /** Lets every held call go on; returns how many there were. */
    release(): number {
      const waiting = [...held];
      for (const go of waiting) go();
      return waiting.length;
    },
  };
}

export type BrokerCalls<Spoiling extends FaultName = SpoilingFault> = ReturnType<typeof createBrokerCalls<Spoiling>>;
