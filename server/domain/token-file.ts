// Pure. Reads the token files of other programs: which login they hold, and when it was made. What a file does not say is
// never guessed, the time of the login least of all: the whole reckoning of the deadline hangs on it.
import type { IssuedTokens, ProviderId } from "./connection.ts";
import { Secret } from "./secret.ts";

export interface FileLogin extends IssuedTokens {
  readonly provider: ProviderId;
  /** Whose form the file has, for the eye. */
  readonly form: string;
  /** When the person logged in; null where the file does not say. */
  readonly loggedInAt: Temporal.Instant | null;
  /** Why there is no time of login; null where there is one. */
  readonly withoutLoginTime: string | null;
}

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: string };

const lookedFor = `None of the known forms. Looked for:
  schwab-py   {"creation_timestamp": …, "token": {"access_token": …, "refresh_token": …}}
  Schwabdev   {"refresh_token_issued": …, "token_dictionary": {…}}, or its tokens.db
  Schwab      {"access_token": …, "refresh_token": …, "expires_at": …, "created_at": …}
  E*TRADE     {"token": …, "secret": …, "created_at": …}`;

/** Never throws. A fault is a sentence without anything of the file's values. */
export function parseTokenFile(text: string): Read<FileLogin> {
  const file = recordIn(text);
  if (file === null) return fault(`The file is not JSON with an object in it. ${lookedFor}`);
  if (isRecord(file["token_dictionary"])) {
    const token = file["token_dictionary"];
    const issued = instantIn(file, ["access_token_issued"]);
    const expiry = issued.ok ? lapse(issued.value, token["expires_in"]) : null;
    return schwab("Schwabdev", token, expiry, instantIn(file, ["refresh_token_issued"]));
  }
  if (isRecord(file["token"])) {
    const token = file["token"];
    return schwab("schwab-py", token, expiryIn(token), instantIn(file, ["creation_timestamp"]));
  }
  if ("token" in file && "secret" in file) return etrade(file);
  // Not "issued_at": there it is the access token's, which every refresh moves.
  if ("access_token" in file)
    return schwab("Schwab", file, expiryIn(file), instantIn(file, ["created_at", "login_at"]));
  return fault(lookedFor);
}

/** Seconds or milliseconds since 1970, or ISO 8601 with its offset; in whole milliseconds, earlier rather than later. */
export function parseInstant(value: unknown): Read<Temporal.Instant> {
  if (typeof value === "number") return fromEpoch(value);
  if (typeof value !== "string") return fault("is not a time");
  const words = value.trim();
  if (/^\d+(\.\d+)?$/.test(words)) return fromEpoch(Number(words));
  try {
    const { epochMilliseconds } = Temporal.Instant.from(words);
    return { ok: true, value: Temporal.Instant.fromEpochMilliseconds(epochMilliseconds) };
  } catch {
    return fault(
      /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?$/.test(words)
        ? "does not say in which time zone it is"
        : "is not a time such as 2026-03-10T12:30:00Z, nor seconds or milliseconds since 1970",
    );
  }
}

/** Ten digits are seconds, thirteen milliseconds, from 2001 to 2286; anything else is neither for sure. */
function fromEpoch(count: number): Read<Temporal.Instant> {
  const milliseconds = count >= 1e9 && count < 1e10 ? count * 1000 : count >= 1e12 && count < 1e13 ? count : null;
  if (milliseconds === null) return fault("is neither seconds nor milliseconds since 1970");
  return { ok: true, value: Temporal.Instant.fromEpochMilliseconds(Math.floor(milliseconds)) };
}

function schwab(
  form: string,
  token: Readonly<Record<string, unknown>>,
  accessExpiresAt: Temporal.Instant | null,
  loggedInAt: Read<Temporal.Instant>,
): Read<FileLogin> {
  const accessToken = secretIn(token, "access_token");
  const refreshToken = secretIn(token, "refresh_token");
  if (accessToken === null) return fault("The file has no usable access_token.");
  if (refreshToken === null)
    return fault(
      "The file has no usable refresh_token: its login never came to its end, and what is in there lives an hour. Log in anew.",
    );
  // What Schwabdev writes before a token that it encrypted.
  if ([accessToken, refreshToken].some((secret) => secret.reveal().startsWith("enc:")))
    return fault("Schwabdev encrypted this file, and its key is not here. Log in anew instead.");
  return found(
    { provider: "schwab", form, accessToken, accessTokenSecret: null, refreshToken, accessExpiresAt },
    loggedInAt,
  );
}

function etrade(file: Readonly<Record<string, unknown>>): Read<FileLogin> {
  const accessToken = secretIn(file, "token");
  const accessTokenSecret = secretIn(file, "secret");
  if (accessToken === null || accessTokenSecret === null) return fault("The file has no usable token with its secret.");
  const pair = { provider: "etrade", form: "E*TRADE", accessToken, accessTokenSecret } as const;
  // No token of E*TRADE's is ever issued but by a login, so each of these is the login's time.
  const loggedInAt = instantIn(file, ["created_at", "issued_at", "login_at"]);
  return found({ ...pair, refreshToken: null, accessExpiresAt: null }, loggedInAt);
}

function found(
  login: Omit<FileLogin, "loggedInAt" | "withoutLoginTime">,
  loggedInAt: Read<Temporal.Instant>,
): Read<FileLogin> {
  return {
    ok: true,
    value: loggedInAt.ok
      ? { ...login, loggedInAt: loggedInAt.value, withoutLoginTime: null }
      : { ...login, loggedInAt: null, withoutLoginTime: loggedInAt.fault },
  };
}

/** The first of these fields that is there; one that can't be read is not passed over for the next. */
function instantIn(file: Readonly<Record<string, unknown>>, fields: readonly string[]): Read<Temporal.Instant> {
  const field = fields.find((name) => file[name] !== undefined && file[name] !== null);
  if (field === undefined) return fault(`There is no ${fields.join(", nor ")} in the file`);
  const at = parseInstant(file[field]);
  return at.ok ? at : fault(`Its ${field} ${at.fault}`);
}

function expiryIn(token: Readonly<Record<string, unknown>>): Temporal.Instant | null {
  const at = parseInstant(token["expires_at"]);
  return at.ok ? at.value : null;
}

function lapse(issuedAt: Temporal.Instant, seconds: unknown): Temporal.Instant | null {
  const isUsual = typeof seconds === "number" && Number.isInteger(seconds) && seconds > 0 && seconds <= 86_400;
  return isUsual ? issuedAt.add({ seconds }) : null;
}

/** One word of printable ASCII, as tokens are. */
function secretIn(token: Readonly<Record<string, unknown>>, field: string): Secret | null {
  const value = token[field];
  return typeof value === "string" && /^[\x21-\x7e]{1,8192}$/.test(value) ? new Secret(value) : null;
}

function recordIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const file: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return isRecord(file) ? file : null;
  } catch {
    return null;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fault(sentence: string): { readonly ok: false; readonly fault: string } {
  return { ok: false, fault: sentence };
}
