// Files nobody else may read, replaced whole or not at all, and on the disk before the caller goes on.
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";

const onlyOwner = 0o600;

/** Creates the directory for the owner alone if it is absent; an existing one keeps its mode, it may be shared on purpose. */
export function ensurePrivateDirectory(directory: string): void {
  const first = fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (first !== undefined) syncDirectory(dirname(first));
}

/** Whether others on this computer could read a file of that mode. Windows has no such bits. */
export function isExposed(mode: number): boolean {
  return process.platform !== "win32" && (mode & 0o077) !== 0;
}

/** Creates the file with that content if it is absent; of several processes at once, one wins and its content stays. */
export function createFile(path: string, content: string): void {
  const temporary = writeTemporary(path, content);
  try {
    fs.linkSync(temporary, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    fs.rmSync(temporary, { force: true });
  }
  syncDirectory(dirname(path));
}

/** Readers see the old content or the new, never a part, even across a power cut. */
export function replaceFile(path: string, content: string): void {
  const temporary = writeTemporary(path, content);
  try {
    fs.renameSync(temporary, path);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Deletes what a run that died while writing `path` left beside it. */
export function removeLeftovers(path: string): void {
  const prefix = `.${basename(path)}.`;
  for (const name of fs.readdirSync(dirname(path))) {
    const writer = name.startsWith(prefix) ? /^(\d+)-[0-9a-f]+\.tmp$/.exec(name.slice(prefix.length))?.[1] : undefined;
    if (writer === undefined) continue;
    // Writing never spans a turn of the event loop, so a file under our own pid is an earlier process's.
    if (Number(writer) === process.pid || !processLives(Number(writer)))
      fs.rmSync(join(dirname(path), name), { force: true });
  }
}

/** Whether a process of that id runs on this computer, ours or somebody else's. */
export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, "ESRCH");
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Makes names that were created, renamed or removed in the directory survive a power cut. */
export function syncDirectory(directory: string): void {
  // Windows can't open a directory; NTFS journals its names itself.
  if (process.platform === "win32") return;
  const descriptor = fs.openSync(directory, "r");
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function writeTemporary(path: string, content: string): string {
  removeLeftovers(path);
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`);
  const descriptor = fs.openSync(temporary, "wx", onlyOwner);
  try {
    fs.writeFileSync(descriptor, content);
    fs.fsyncSync(descriptor);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  } finally {
    fs.closeSync(descriptor);
  }
  return temporary;
}
