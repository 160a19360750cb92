// Sealing keys in a file beside the database, for its owner alone.
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
import {
  freshContent,
  freshKey,
  keyText,
  type KeyContent,
  parseKeys,
  type SealingKey,
  type SealingKeys,
} from "./sealing-keys.ts";

export interface KeyFile extends SealingKeys {
  readonly path: string;
  /** The key to seal under, read from the file at each call: another process may just have replaced it. */
  newest(): SealingKey;
  /** The key of that id; re-reads the file if it is unknown here; null if the file does not hold it either. */
  find(id: string): SealingKey | null;
  /** Appends a fresh key, which is the newest from then on. Not safe at once in two processes: hold the database's write lock. */
  add(): void;
  /** Drops every key but those and the newest. Same lock as for `add`. */
  keepOnly(ids: ReadonlySet<string>): void;
}

/** Opens the key file, creating it if it is absent; throws a sentence that names the file and the remedy if it can't be used. */
export function openKeyFile(path: string): KeyFile {
  ensurePrivateDirectory(dirname(path));
  if (fs.existsSync(path)) removeLeftovers(path);
  else createFile(path, keyText(freshContent()));

  // Keys once seen stay usable: a row read before a rotation may be opened after it.
  const known = new Map<string, SealingKey>();
  const load = (): KeyContent => {
    const content = parseKeys(readPrivate(path), (what) => fail(path, `${what}. Put it back from a backup`));
    for (const key of content.keys) known.set(key.id, key);
    return content;
  };
  const { pin } = load();
  const newestOf = (keys: readonly SealingKey[]): SealingKey => keys.at(-1) ?? fail(path, "holds no key");

  return {
    path,
    where: path,
    remedy: "Put that key file back from a backup, or start over with an empty DATA_DIR.",
    newest: () => newestOf(load().keys),
    find(id) {
      if (!known.has(id)) load();
      return known.get(id) ?? null;
    },
    pinSecret: () => pin,
    add() {
      const content = load();
      replaceFile(path, keyText({ ...content, keys: [...content.keys, freshKey()] }));
    },
    keepOnly(ids) {
      const content = load();
      const newest = newestOf(content.keys);
      const keys = content.keys.filter((key) => key === newest || ids.has(key.id));
      if (keys.length < content.keys.length) replaceFile(path, keyText({ ...content, keys }));
    },
  };
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

function fail(path: string, what: string): never {
  throw new Error(`The key file ${path} ${what}.`);
}
