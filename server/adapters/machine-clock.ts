// Clock over the machine's own, in whole milliseconds: what the stores keep, so that an instant equals its stored copy.
import type { Clock } from "../ports.ts";

export const machineClock: Clock = () =>
  Temporal.Now.instant().round({ smallestUnit: "millisecond", roundingMode: "floor" });
