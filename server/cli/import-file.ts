// Brings a token file of another program before the parser: read whole, never written; Schwabdev's database becomes its JSON.
import { readFileSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { isExposed } from "../adapters/private-file.ts";
import { type FileLogin, parseTokenFile, type Read } from "../domain/token-file.ts";

export interface OpenedFile {
  readonly login: FileLogin;
  /** Others on this machine could read it. */
  readonly isExposed: boolean;
}

const largest = 1_048_576;

export function openTokenFile(path: string): Read<OpenedFile> {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return { ok: false, fault: `There is no file ${path}.` };
  if (!stats.isFile()) return { ok: false, fault: `${path} is not a file.` };
  if (stats.size > largest) return { ok: false, fault: `${path} is too large for a token file.` };
  const text = contentOf(path);
  if (!text.ok) return text;
  const login = parseTokenFile(text.value);
  return login.ok ? { ok: true, value: { login: login.value, isExposed: isExposed(stats.mode) } } : login;
}

function contentOf(path: string): Read<string> {
  try {
    const content = readFileSync(path);
    const isDatabase = content.subarray(0, 15).toString("latin1") === "SQLite format 3";
    return isDatabase ? schwabdevRow(path) : { ok: true, value: content.toString("utf8") };
  } catch {
    return { ok: false, fault: `${path} can't be read. Check who may read it.` };
  }
}

/** Schwabdev 3 keeps one row; its columns have the names of the JSON that Schwabdev 2 wrote. */
function schwabdevRow(path: string): Read<string> {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    const rows = database.prepare("SELECT * FROM schwabdev").all();
    const row = rows[0];
    if (rows.length !== 1 || row === undefined)
      return { ok: false, fault: `${path} holds ${rows.length} logins of Schwabdev's, not one.` };
    const { access_token_issued, refresh_token_issued, ...token_dictionary } = row;
    return { ok: true, value: JSON.stringify({ access_token_issued, refresh_token_issued, token_dictionary }) };
  } catch {
    return {
      ok: false,
      fault: `${path} is a database, but Schwabdev's table can't be read from it. Stop the program that uses it and try again.`,
    };
  } finally {
    database?.close();
  }
}
