// What a rehearsal can make go wrong, as data.
import { z } from "zod";
import type { Environment } from "../domain/connection.ts";

/** Play with the delivery of an answer; the answer itself is right. */
const deliveryFaults = ["slow", "hang", "drop"] as const;
/** Answer in the broker's place; the broker does not act. */
const spoilingFaults = ["error-500", "maintenance", "rate-limit", "reject-key", "html-garbage"] as const;
/** The same at Schwab alone: the edge's "Access Denied", and an app without the product it asks. */
const schwabSpoilingFaults = [...spoilingFaults, "html-403", "not-authorized"] as const;
/** Change what the broker believes; "skew" is E*TRADE's, "no-refresh-token" is Schwab's. */
const viewFaults = ["other-accounts", "no-accounts", "skew", "no-refresh-token"] as const;

export type SpoilingFault = (typeof spoilingFaults)[number];
export type SchwabSpoilingFault = (typeof schwabSpoilingFaults)[number];

/** E*TRADE's four OAuth calls, Schwab's two, and what both have. */
export const faultPlaces = [
  "request_token",
  "access_token",
  "renew",
  "revoke",
  "exchange",
  "refresh",
  "accounts",
  "authorize",
  "any",
] as const;
export type FaultPlace = Exclude<(typeof faultPlaces)[number], "any">;

export const environmentSchema = z.enum(["prod", "sandbox"]);
export const brokerSchema = z.enum(["etrade", "schwab"]);
export type BrokerName = z.infer<typeof brokerSchema>;

export const faultSchema = z.strictObject({
  fault: z.enum([...deliveryFaults, ...schwabSpoilingFaults, ...viewFaults]),
  on: z.enum(faultPlaces).default("any"),
  /** Absent: both. */
  broker: brokerSchema.optional(),
  /** One of E*TRADE's two; Schwab has no other than the real thing. Absent: all. */
  environment: environmentSchema.optional(),
  /** Absent: until cleared. */
  times: z.int().min(1).optional(),
  milliseconds: z.int().min(0).max(600_000).default(3000),
  /** before: the broker has not acted yet. after: it has, but the answer is late, withheld or cut. */
  phase: z.enum(["before", "after"]).default("before"),
});

export type Fault = z.output<typeof faultSchema>;
export type FaultName = Fault["fault"];
export type FaultDraft = z.input<typeof faultSchema>;

export const isDelivery = (name: FaultName): name is (typeof deliveryFaults)[number] =>
  (deliveryFaults as readonly string[]).includes(name);
export const isSpoiling = (name: FaultName): name is SpoilingFault =>
  (spoilingFaults as readonly string[]).includes(name);
export const isSchwabSpoiling = (name: FaultName): name is SchwabSpoilingFault =>
  (schwabSpoilingFaults as readonly string[]).includes(name);

/** The first fault that applies, without using it up. */
export function findFault(
  faults: readonly Fault[],
  wanted: (name: FaultName) => boolean,
  place: FaultPlace,
  environment: Environment | null,
  broker: BrokerName = "etrade",
): Fault | null {
  const applies = (fault: Fault) =>
    wanted(fault.fault) &&
    (fault.broker === undefined || fault.broker === broker) &&
    (fault.on === "any" || fault.on === place) &&
    (fault.environment === undefined || fault.environment === environment);
  return faults.find(applies) ?? null;
}

/** The first fault that applies; one of its `times` is used up, and with the last one it leaves the list. */
export function takeFault(
  faults: Fault[],
  wanted: (name: FaultName) => boolean,
  place: FaultPlace,
  environment: Environment | null,
  broker: BrokerName = "etrade",
): Fault | null {
  const fault = findFault(faults, wanted, place, environment, broker);
  if (fault === null || fault.times === undefined) return fault;
  const index = faults.indexOf(fault);
  if (fault.times === 1) faults.splice(index, 1);
  else faults[index] = { ...fault, times: fault.times - 1 };
  return fault;
}
