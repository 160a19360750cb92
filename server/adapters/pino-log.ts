// Log over pino: one JSON line per event, only the fields that LogFields knows, and a scrubber behind that.
import pino from "pino";
import type { Secret } from "../domain/secret.ts";
import type { Log, LogFields } from "../ports.ts";

const shown = "[secret]";

/** Shapes that are secrets wherever they stand: OAuth parameters, bot tokens in URLs, bearer headers, signed webhook keys. */
const shapes = [
  /(oauth_(?:token|token_secret|verifier|signature|consumer_key)\\?["']?\s*[=:]\s*\\?["']?)[^"'&,\s\\]+/gi,
  // Within a signature base string (RFC 5849 §3.4.1) the parameters are encoded once more.
  /(oauth_(?:token|token_secret|verifier|signature|consumer_key)%3D)(?:(?!%26)[^"'&,\s\\])+/gi,
  /(\/bot)\d{5,}:[A-Za-z0-9_-]{20,}/g,
  /()\b\d{5,}:[A-Za-z0-9_-]{30,}/g,
  /(Bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(whsec_)[A-Za-z0-9+/=]{8,}/g,
  /(__session=)[^;\s"]+/g,
];

/** Replaces what is secret in one line; `known` are values that must not appear in whatever shape. */
export function scrub(line: string, known: readonly string[]): string {
  let clean = line;
  for (const value of known) clean = clean.replaceAll(value, shown);
  for (const shape of shapes) clean = clean.replace(shape, `$1${shown}`);
  return clean;
}

/** How a secret may stand in a line: as it is, in a URL or header, in a JSON text, in a JSON text within one. */
function writtenForms(secret: string): string[] {
  const forms = new Set([inJson(inJson(secret)), inJson(secret), encodeURIComponent(secret), secret]);
  return [...forms].filter((form) => form.length >= 4);
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** `secrets`: those known at start. `stream`: where the lines go; standard error by default, so that a terminal's own output stays readable. */
export function pinoLog(
  level: string,
  secrets: readonly Secret[],
  stream: pino.DestinationStream = pino.destination({ dest: 2, sync: true }),
): Log {
  const known = secrets.flatMap((secret) => writtenForms(secret.reveal()));
  const logger = pino(
    {
      level,
      base: null,
      messageKey: "event",
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: (line) => scrub(line, known) },
    },
    stream,
  );
  return {
    info: (event, fields) => logger.info(allowed(fields), event),
    warn: (event, fields) => logger.warn(allowed(fields), event),
    error: (event, fields) => logger.error(allowed(fields), event),
  };
}

/** Copies field by field: an object with more on it than its type says does not get that into the log. */
function allowed(fields: LogFields = {}): object {
  const { connection, outcome, reason, call, httpStatus, version, count, attempts, error } = fields;
  const described = error === undefined ? undefined : describe(error);
  return { connection, outcome, reason, call, httpStatus, version, count, attempts, error: described };
}

/** Name, message and place of an error and of its causes; nothing else an error may carry (requests, bodies, options). */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack
      ?.split("\n")
      .slice(1, 8)
      .map((line) => line.trim()),
    ...(error.cause instanceof Error ? { cause: { name: error.cause.name, message: error.cause.message } } : {}),
  };
}
