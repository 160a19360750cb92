// Everything the practice Schwab remembers. Plain data; what it means at an instant is decided in schwab-token-life.ts.
import type { AppName, SchwabApp } from "./practice-apps.ts";
import type { Person } from "./practice-records.ts";

/** How a dead refresh token is refused: Schwab's words of 2024 and 2025, and those of 2026. */
export const wordings = ["2024", "2026"] as const;
export type Wording = (typeof wordings)[number];

/** Given to the browser at the consent, spent by the exchange. */
export interface SchwabCode {
  readonly code: string;
  readonly app: AppName;
  readonly redirectUri: string;
  readonly person: Person;
  /** The numbers of the accounts that were ticked. */
  readonly accounts: readonly string[];
  readonly issuedAt: Temporal.Instant;
}

export interface SchwabLogin {
  readonly id: string;
  readonly app: AppName;
  readonly person: Person;
  readonly accounts: readonly string[];
  /** What the seven days count from; no refresh moves it. */
  readonly issuedAt: Temporal.Instant;
  refreshToken: string;
  /** Refreshes that were granted. */
  refreshes: number;
  /** Set when it ended before its time. */
  end: "killed" | "replaced" | null;
}

export interface SchwabAccessToken {
  readonly token: string;
  /** Null for a token that no person stands behind (client_credentials). */
  readonly login: string | null;
  readonly issuedAt: Temporal.Instant;
  expiresAt: Temporal.Instant;
}

export interface SchwabRecords {
  readonly codes: Map<string, SchwabCode>;
  readonly logins: Map<string, SchwabLogin>;
  readonly accessTokens: Map<string, SchwabAccessToken>;
  /** Registered through the control, besides the one of practice-keys.ts. */
  readonly apps: SchwabApp[];
  /** Registered through the control, beyond those of practice-keys.ts. */
  readonly redirectUris: string[];
  /** Whether each refresh brings a new refresh token and ends the one it was made with. Reports on Schwab disagree. */
  rotation: boolean;
  wording: Wording;
}

export function emptySchwabRecords(): SchwabRecords {
  return {
    codes: new Map(),
    logins: new Map(),
    accessTokens: new Map(),
    apps: [],
    redirectUris: [],
    rotation: false,
    wording: "2026",
  };
}
