// The practice Schwab's part of the state file.
import { z } from "zod";
import { people } from "./practice-records.ts";
import { emptySchwabRecords, wordings, type SchwabRecords } from "./schwab-records.ts";

const instant = z.iso.datetime().transform((text) => Temporal.Instant.from(text));

// Absent in a file from before there could be more than one.
const appName = z.string().nullable().default(null);

const code = z.object({
  code: z.string(),
  app: appName,
  redirectUri: z.string(),
  person: z.enum(people),
  accounts: z.array(z.string()),
  issuedAt: instant,
});

const login = z.object({
  id: z.string(),
  app: appName,
  person: z.enum(people),
  accounts: z.array(z.string()),
  issuedAt: instant,
  refreshToken: z.string(),
  refreshes: z.int(),
  end: z.enum(["killed", "replaced"]).nullable(),
});

const accessToken = z.object({
  token: z.string(),
  login: z.string().nullable(),
  issuedAt: instant,
  expiresAt: instant,
});

/** A file from before Schwab was practised lacks this part, and keeps what it has. */
export const storedSchwab = z
  .object({
    codes: z.array(code).transform((codes) => new Map(codes.map((one) => [one.code, one]))),
    logins: z.array(login).transform((logins) => new Map(logins.map((one) => [one.id, one]))),
    accessTokens: z.array(accessToken).transform((tokens) => new Map(tokens.map((one) => [one.token, one]))),
    apps: z.array(z.object({ clientId: z.string(), clientSecret: z.string() })).default([]),
    redirectUris: z.array(z.string()),
    rotation: z.boolean(),
    wording: z.enum(wordings),
  })
  .optional()
  .transform((stored): SchwabRecords => stored ?? emptySchwabRecords());

export function schwabToStore(records: SchwabRecords): object {
  return {
    ...records,
    codes: [...records.codes.values()],
    logins: [...records.logins.values()],
    accessTokens: [...records.accessTokens.values()],
  };
}
