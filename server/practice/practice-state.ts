// Where the practice broker's records live: in memory, or in a file that survives a kill.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { environmentSchema, faultSchema } from "./fault.ts";
import { emptyRecords, people, type PracticeRecords } from "./practice-records.ts";
import { schwabToStore, storedSchwab } from "./schwab-state.ts";

export interface PracticeState {
  readonly records: PracticeRecords;
  /** Whether the records come from an earlier run. */
  readonly restored: boolean;
  /** Returns once the records would survive the end of the process. */
  save(): void;
}

export function memoryState(): PracticeState {
  return { records: emptyRecords(), restored: false, save() {} };
}

/** Starts from the file if there is one. Throws when the file exists but can't be understood. */
export function fileState(path: string): PracticeState {
  mkdirSync(dirname(path), { recursive: true });
  const stored = load(path);
  const records = stored ?? emptyRecords();
  return {
    records,
    restored: stored !== null,
    // Synchronous and by rename: an answer that left was saved before, and a reader never sees half a file.
    save() {
      const unfinished = `${path}.unfinished`;
      writeFileSync(unfinished, recordsToText(records), { mode: 0o600 });
      renameSync(unfinished, path);
    },
  };
}

function load(path: string): PracticeRecords | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  try {
    return recordsFromText(text);
  } catch (error) {
    throw new Error(`The practice broker can't read ${path}; delete the file to start afresh.`, { cause: error });
  }
}

/** Throws where the text is not what `recordsToText` made. */
export function recordsFromText(text: string): PracticeRecords {
  return storedRecords.parse(JSON.parse(text));
}

/** For whoever keeps the records elsewhere than in a file, as `recordsFromText`. */
export function recordsToText(records: PracticeRecords): string {
  return JSON.stringify({
    ...records,
    requestTokens: [...records.requestTokens.values()],
    accessTokens: [...records.accessTokens.values()],
    nonces: [...records.nonces],
    calls: [...records.calls],
    schwab: schwabToStore(records.schwab),
  });
}

const instant = z.iso.datetime().transform((text) => Temporal.Instant.from(text));

// Absent in a file from before there could be more than one.
const appName = z.string().nullable().default(null);

const etradeApp = z.object({ consumerKey: z.string(), consumerSecret: z.string(), environment: environmentSchema });

const requestToken = z.object({
  token: z.string(),
  secret: z.string(),
  environment: environmentSchema,
  app: appName,
  issuedAt: instant,
  verifier: z.string().nullable(),
  person: z.enum(people),
  wrongVerifiers: z.int(),
});

const accessToken = z.object({
  token: z.string(),
  secret: z.string(),
  environment: environmentSchema,
  app: appName,
  person: z.enum(people),
  issuedAt: instant,
  lastCallAt: instant,
  revoked: z.boolean(),
});

const numbersByName = z.array(z.tuple([z.string(), z.number()])).transform((entries) => new Map(entries));

function byToken<T extends { token: string }>(tokens: readonly T[]): Map<string, T> {
  return new Map(tokens.map((token) => [token.token, token]));
}

const storedRecords = z.object({
  clockOffset: z.string().transform((text) => Temporal.Duration.from(text)),
  requestTokens: z.array(requestToken).transform(byToken),
  accessTokens: z.array(accessToken).transform(byToken),
  apps: z.array(etradeApp).default([]),
  nonces: numbersByName,
  callbacks: z.object({ prod: z.string().nullable(), sandbox: z.string().nullable() }),
  faults: z.array(faultSchema),
  calls: numbersByName,
  schwab: storedSchwab,
});
