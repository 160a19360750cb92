// Everything the practice broker remembers. Plain data; what it means at an instant is decided in token-life.ts.
import type { Environment } from "../domain/connection.ts";
import type { AppName, EtradeApp } from "./practice-apps.ts";
import type { Fault } from "./fault.ts";
import { emptySchwabRecords, type SchwabRecords } from "./schwab-records.ts";

/** Who logs in at the authorize page; "somebody else" owns other accounts. */
export const people = ["yourself", "somebody else"] as const;
export type Person = (typeof people)[number];

export interface RequestToken {
  readonly token: string;
  readonly secret: string;
  readonly environment: Environment;
  readonly app: AppName;
  readonly issuedAt: Temporal.Instant;
  /** Null until the person accepts. */
  verifier: string | null;
  person: Person;
  wrongVerifiers: number;
}

export interface AccessToken {
  readonly token: string;
  readonly secret: string;
  readonly environment: Environment;
  readonly app: AppName;
  readonly person: Person;
  readonly issuedAt: Temporal.Instant;
  lastCallAt: Temporal.Instant;
  revoked: boolean;
}

/** What is not under `schwab` is E*TRADE's, or belongs to both: the clock, the faults and the calls. */
export interface PracticeRecords {
  clockOffset: Temporal.Duration;
  readonly requestTokens: Map<string, RequestToken>;
  readonly accessTokens: Map<string, AccessToken>;
  /** Registered through the control, besides those of practice-keys.ts. */
  readonly apps: EtradeApp[];
  /** Digest of what must not come twice → its oauth_timestamp. */
  readonly nonces: Map<string, number>;
  /** The callback registered for each key of practice-keys.ts; other apps have none. */
  readonly callbacks: Record<Environment, string | null>;
  readonly faults: Fault[];
  /** Calls received per path, refused ones included. */
  readonly calls: Map<string, number>;
  readonly schwab: SchwabRecords;
}

export function emptyRecords(): PracticeRecords {
  return {
    clockOffset: new Temporal.Duration(),
    requestTokens: new Map(),
    accessTokens: new Map(),
    apps: [],
    nonces: new Map(),
    callbacks: { prod: null, sandbox: null },
    faults: [],
    calls: new Map(),
    schwab: emptySchwabRecords(),
  };
}
