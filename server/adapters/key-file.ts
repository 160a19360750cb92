// One `id:base64` per line, newest key last, and the stable `pin:base64`. Several keys exist only while one replaces another.
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { dirname } from "node:path";
import {
  createFile,
  ensurePrivateDirectory,
  hasCode,
  isExposed,
  removeLeftovers,
  replaceFile,
} from "./private-file.ts";

export interface SealingKey {
  /** Eight hex digits. */
  readonly id: string;
  readonly bytes: Buffer;
}

export interface KeyFile {
  readonly path: string;
  /** The key to seal under, read from the file at each call: another process may just have replaced it. */
  newest(): SealingKey;
  /** The key of that id; re-reads the file if it is unknown here; null if the file does not hold it either. */
  find(id: string): SealingKey | null;
  /** The secret that no rotation changes. */
  pinSecret(): Buffer;
  /** Appends a fresh key, which is the newest from then on. Not safe at once in two processes: hold the database's write lock. */
  add(): void;
  /** Drops every key but those and the newest. Same lock as for `add`. */
  keepOnly(ids: ReadonlySet<string>): void;
}

interface Content {
  readonly pin: Buffer;
  readonly keys: readonly SealingKey[];
}

const heading = "# Opens everything Prebell has stored. Back it up apart from the database; never share it.\n";
const keyBytes = 32;

/** Opens the key file, creating it if it is absent; throws a sentence that names the file and the remedy if it can't be used. */
export function openKeyFile(path: string): KeyFile {
  ensurePrivateDirectory(dirname(path));
  if (fs.existsSync(path)) removeLeftovers(path);
  else createFile(path, textOf({ pin: randomBytes(keyBytes), keys: [freshKey()] }));

  // Keys once seen stay usable: a row read before a rotation may be opened after it.
  const known = new Map<string, SealingKey>();
  const load = (): Content => {
    const content = parse(path, readPrivate(path));
    for (const key of content.keys) known.set(key.id, key);
    return content;
  };
  const { pin } = load();
  const newestOf = (keys: readonly SealingKey[]): SealingKey => keys.at(-1) ?? fail(path, "holds no key");

  return {
    path,
    newest: () => newestOf(load().keys),
    find(id) {
      if (!known.has(id)) load();
      return known.get(id) ?? null;
    },
    pinSecret: () => pin,
    add() {
      const content = load();
      replaceFile(path, textOf({ ...content, keys: [...content.keys, freshKey()] }));
    },
    keepOnly(ids) {
      const content = load();
      const newest = newestOf(content.keys);
      const keys = content.keys.filter((key) => key === newest || ids.has(key.id));
      if (keys.length < content.keys.length) replaceFile(path, textOf({ ...content, keys }));
    },
  };
}

function freshKey(): SealingKey {
  return { id: randomBytes(4).toString("hex"), bytes: randomBytes(keyBytes) };
}

function textOf({ pin, keys }: Content): string {
  const lines = [{ id: "pin", bytes: pin }, ...keys].map(({ id, bytes }) => `${id}:${bytes.toString("base64")}\n`);
  return heading + lines.join("");
}

function readPrivate(path: string): string {
  let descriptor;
  try {
    descriptor = fs.openSync(path, "r");
  } catch (error) {
    if (hasCode(error, "ENOENT"))
      fail(path, "is gone. Put it back from a backup: stored tokens can't be opened without it");
    throw new Error(`The key file ${path} can't be read. Check who owns it.`, { cause: error });
  }
  try {
    if (isExposed(fs.fstatSync(descriptor).mode))
      fail(path, `may be read by other users of this computer. Run: chmod 600 "${path}"`);
    return fs.readFileSync(descriptor, "utf8");
  } finally {
    fs.closeSync(descriptor);
  }
}

function parse(path: string, text: string): Content {
  let pin: Buffer | null = null;
  const keys: SealingKey[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const [, id, encoded] = /^(pin|[0-9a-f]{8}):([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded ?? "", "base64");
    if (id === undefined || bytes.length !== keyBytes)
      fail(
        path,
        `is damaged in line ${index + 1}: not an id and ${keyBytes} bytes in base64. Put it back from a backup`,
      );
    if (id === "pin") pin = bytes;
    else keys.push({ id, bytes });
  }
  if (pin === null || keys.length === 0)
    fail(path, "is incomplete: it needs a pin and a key. Put it back from a backup");
  return { pin, keys };
}

function fail(path: string, what: string): never {
  throw new Error(`The key file ${path} ${what}.`);
}
