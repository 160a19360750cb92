// Log over pino: one JSON line per event, only the fields that LogFields knows, and a scrubber behind that.
import pino from "pino";
import type { Secret } from "../domain/secret.ts";
import type { Log, LogFields } from "../ports.ts";

const shown = "[secret]";

/**
 * Shapes that are secrets wherever they stand: OAuth parameters, bot tokens in URLs, bearer headers, signed webhook keys, tokens
 * that Prebell gave to programs, and the addresses that somebody else could send to.
 */
const shapes = [
  /(oauth_(?:token|token_secret|verifier|signature|consumer_key)\\?["']?\s*[=:]\s*\\?["']?)[^"'&,\s\\]+/gi,
  // Within a signature base string (RFC 5849 §3.4.1) the parameters are encoded once more.
  /(oauth_(?:token|token_secret|verifier|signature|consumer_key)%3D)(?:(?!%26)[^"'&,\s\\])+/gi,
  /(\/bot)\d{5,}:[A-Za-z0-9_-]{20,}/g,
  /()\b\d{5,}:[A-Za-z0-9_-]{30,}/g,
  /(Bearer\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(whsec_)[A-Za-z0-9+/=]{8,}/g,
  /(prebell_)[A-Za-z0-9_-]{20,}/g,
  /(__session=)[^;\s"]+/g,
  /(hooks\.slack\.com\/services\/)[A-Za-z0-9/]+/g,
  /(discord(?:app)?\.com\/api\/(?:v\d+\/)?webhooks\/)[\w/-]+/g,
  /((?:fcm\.googleapis|push\.apple|notify\.windows|push\.services\.mozilla)\.com\/)[^\s"'\\]+/g,
  /(smtps?:\/\/)[^\s"'\\]+@/g,
  /\b(tk_)\w{8,}/g,
];

/** Replaces what is secret in one line; `known` are values that must not appear in whatever shape. */
export function scrub(line: string, known: Iterable<string>): string {
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

/** How Cloud Logging and Error Reporting want a line (cloud.google.com/logging/docs/structured-logging). */
const severities: Readonly<Record<string, string>> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
};

const formats = {
  plain: {
    messageKey: "event",
    level: (label: string) => ({ level: label }),
    error: (error: unknown) => ({ error: describe(error) }),
  },
  google: {
    messageKey: "message",
    level: (label: string) => ({ severity: severities[label] ?? "DEFAULT" }),
    error: (error: unknown) => ({ stack_trace: stackTrace(describe(error)) }),
  },
};

export interface LogOptions {
  readonly format?: keyof typeof formats;
  /** Where the lines go; standard error by default, so that a terminal's own output stays readable. */
  readonly stream?: pino.DestinationStream;
}

export interface ConcealingLog extends Log {
  /** From now on these stand in no line. */
  conceal(secrets: readonly Secret[]): void;
}

/** `secrets`: those known at start. */
export function pinoLog(level: string, secrets: readonly Secret[], options: LogOptions = {}): ConcealingLog {
  const { format = "plain", stream = pino.destination({ dest: 2, sync: true }) } = options;
  const known = new Set<string>();
  const conceal = (more: readonly Secret[]) => {
    for (const form of more.flatMap((secret) => writtenForms(secret.reveal()))) known.add(form);
  };
  conceal(secrets);
  const logger = pino(
    {
      level,
      base: null,
      messageKey: formats[format].messageKey,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: formats[format].level },
      hooks: { streamWrite: (line) => scrub(line, known) },
    },
    stream,
  );
  const line = ({ error, ...fields }: LogFields = {}) =>
    error === undefined ? allowed(fields) : { ...allowed(fields), ...formats[format].error(error) };
  return {
    info: (event, fields) => logger.info(line(fields), event),
    warn: (event, fields) => logger.warn(line(fields), event),
    error: (event, fields) => logger.error(line(fields), event),
    conceal,
  };
}

/** Copies field by field: an object with more on it than its type says does not get that into the log. */
function allowed(fields: Omit<LogFields, "error">): object {
  const { connection, outcome, reason, call, httpStatus, version, count, attempts, correlationId } = fields;
  return { connection, outcome, reason, call, httpStatus, version, count, attempts, correlationId };
}

interface Described {
  readonly name: string;
  readonly message?: string;
  readonly stack?: readonly string[];
  readonly cause?: { readonly name: string; readonly message: string };
}

/** Name, message and place of an error and of its cause; nothing else an error may carry (requests, bodies, options). */
function describe(error: unknown): Described {
  if (!(error instanceof Error)) return { name: typeof error };
  const stack = error.stack
    ?.split("\n")
    .slice(1, 8)
    .map((place) => place.trim());
  return {
    name: error.name,
    message: error.message,
    ...(stack === undefined ? {} : { stack }),
    ...(error.cause instanceof Error ? { cause: { name: error.cause.name, message: error.cause.message } } : {}),
  };
}

function stackTrace({ name, message = "", stack = [], cause }: Described): string {
  const because = cause === undefined ? [] : [`Caused by ${cause.name}: ${cause.message}`];
  return [`${name}: ${message}`, ...stack.map((place) => `    ${place}`), ...because].join("\n");
}
