// What the rehearsal's remote control says and hears, at both ends.
import { z } from "zod";
import type { Environment } from "../domain/connection.ts";
import { environmentSchema, type Fault } from "./fault.ts";
import type { SchwabSnapshot } from "./schwab-control-contract.ts";
import type { AccessTokenLife } from "./token-life.ts";

export const clockCommand = z.union(
  [
    z.strictObject({ advanceSeconds: z.number() }),
    z.strictObject({ setTo: z.iso.datetime({ offset: true }) }),
    z.strictObject({ reset: z.literal(true) }),
  ],
  "Expected {advanceSeconds: number}, {setTo: ISO 8601 instant} or {reset: true}.",
);

export const environmentCommand = z.strictObject({ environment: environmentSchema });

export const callbackCommand = z.strictObject({
  environment: environmentSchema,
  url: z.url({ protocol: /^https?$/ }).nullable(),
});

/** Schwab has no sandbox worth the name. */
export const appCommand = z.union([
  z.strictObject({ broker: z.literal("etrade"), environment: environmentSchema }),
  z.strictObject({ broker: z.literal("schwab") }),
]);

/** What a developer portal shows once, to be copied. */
export interface PracticeAppKeys {
  readonly consumerKey: string;
  readonly consumerSecret: string;
}

export const emptyCommand = z.strictObject({});

export type ClockCommand = z.infer<typeof clockCommand>;

export interface PracticeClockReading {
  /** ISO 8601 instant. */
  readonly now: string;
  readonly offsetSeconds: number;
}

export interface PracticeSnapshot {
  readonly clock: PracticeClockReading;
  readonly faults: readonly Fault[];
  readonly callbacks: Readonly<Record<Environment, string | null>>;
  /** E*TRADE's. */
  readonly tokens: readonly {
    readonly environment: Environment;
    readonly issuedAt: string;
    readonly lastCallAt: string;
    readonly state: AccessTokenLife;
  }[];
  /** Calls received per path, refused ones included. */
  readonly calls: Readonly<Record<string, number>>;
  /** Calls that a "hang" holds right now. */
  readonly held: number;
  readonly schwab: SchwabSnapshot;
}
