import type { Environment } from "../domain/connection.ts";

export interface PracticeKey {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  /** E*TRADE grants some keys longer lives than the day; 1 is its default. */
  readonly lifetimeDays: number;
}

export type PracticeKeys = Readonly<Record<Environment, PracticeKey>>;

/** Public on purpose: these open nothing but the practice broker, which holds nothing real. */
export const practiceKeys: PracticeKeys = {
  prod: {
    consumerKey: "prebell-practice-prod",
    consumerSecret: "prebell-practice-prod-secret",
    lifetimeDays: 1,
  },
  sandbox: {
    consumerKey: "prebell-practice-sandbox",
    consumerSecret: "prebell-practice-sandbox-secret",
    lifetimeDays: 1,
  },
};

/** The app at the practice Schwab, in the shapes of Schwab's keys. As public as those above. */
export const practiceSchwab = {
  clientId: "PrebellPracticeSchwabAppKey00001",
  clientSecret: "PracticeSecret01",
  redirectUris: ["https://127.0.0.1", "https://127.0.0.1:8182/callback"],
} as const;

/** Where a practice broker at `base` answers; API callers append `/v1/accounts/list` or `/trader/v1/accounts`. */
export function practiceUrls(base: string): {
  oauthUrl: string;
  authorizeUrl: string;
  prodApiUrl: string;
  sandboxApiUrl: string;
  schwabOauthUrl: string;
  schwabApiUrl: string;
} {
  return {
    oauthUrl: `${base}/oauth`,
    authorizeUrl: `${base}/authorize`,
    prodApiUrl: `${base}/prod`,
    sandboxApiUrl: `${base}/sandbox`,
    schwabOauthUrl: `${base}/schwab/v1/oauth`,
    schwabApiUrl: `${base}/schwab`,
  };
}
