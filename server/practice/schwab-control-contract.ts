// What the remote control says to the practice Schwab and hears from it.
import { z } from "zod";
import type { Person } from "./practice-records.ts";
import { wordings, type Wording } from "./schwab-records.ts";
import type { SchwabAccessLife, SchwabLoginLife } from "./schwab-token-life.ts";

export const rotationCommand = z.strictObject({ on: z.boolean() });
export const wordingCommand = z.strictObject({ wording: z.enum(wordings) });
export const redirectUriCommand = z.strictObject({ url: z.url({ protocol: /^https?$/ }) });

export interface SchwabSnapshot {
  readonly rotation: boolean;
  readonly wording: Wording;
  /** Every one that a login may name. */
  readonly redirectUris: readonly string[];
  /** Codes that wait for their exchange. */
  readonly codes: number;
  /** Oldest first. */
  readonly logins: readonly {
    readonly id: string;
    readonly person: Person;
    /** The last four digits of each ticked account. */
    readonly accounts: readonly string[];
    readonly issuedAt: string;
    /** Seven days later, whatever was refreshed. */
    readonly deadline: string;
    readonly state: SchwabLoginLife;
    readonly refreshes: number;
  }[];
  /** Oldest first. */
  readonly accessTokens: readonly {
    /** Null for one of client_credentials. */
    readonly login: string | null;
    readonly issuedAt: string;
    readonly expiresAt: string;
    readonly state: SchwabAccessLife;
  }[];
}
