// The practice Schwab's part of the state file.
import { z } from "zod";
import { people } from "./practice-records.ts";
import { emptySchwabRecords, wordings, type SchwabRecords } from "./schwab-records.ts";

const instant = z.iso.datetime().transform((text) => Temporal.Instant.from(text));

const code = z.object({
  code: z.string(),
  redirectUri: z.string(),
  person: z.enum(people),
  accounts: z.array(z.string()),
  issuedAt: instant,
});

const login = z.object({
  id: z.string(),
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
