// Keys as text, wherever they lie: one `id:base64` per line, newest key last, and the stable `pin:base64`. Several keys
// exist only while one replaces another.
import { randomBytes } from "node:crypto";

export interface SealingKey {
  /** Eight hex digits. */
  readonly id: string;
  readonly bytes: Buffer;
}

/** What a sealed box needs of the place where its keys lie. */
export interface SealingKeys {
  /** Where they lie, as an operator calls it. */
  readonly where: string;
  /** What an operator does about a key that is not there. */
  readonly remedy: string;
  /** The key to seal under. */
  newest(): SealingKey;
  /** The key of that id; null if it is not there. */
  find(id: string): SealingKey | null;
  /** The secret that no rotation changes. */
  pinSecret(): Buffer;
}

export interface KeyContent {
  readonly pin: Buffer;
  readonly keys: readonly SealingKey[];
}

const heading = "# Opens everything Prebell has stored. Back it up apart from the database; never share it.\n";
const keyBytes = 32;

export function freshKey(): SealingKey {
  return { id: randomBytes(4).toString("hex"), bytes: randomBytes(keyBytes) };
}

export function freshContent(): KeyContent {
  return { pin: randomBytes(keyBytes), keys: [freshKey()] };
}

export function keyText({ pin, keys }: KeyContent): string {
  const lines = [{ id: "pin", bytes: pin }, ...keys].map(({ id, bytes }) => `${id}:${bytes.toString("base64")}\n`);
  return heading + lines.join("");
}

/** Calls `fail` with what is wrong, never with a part of the text. */
export function parseKeys(text: string, fail: (what: string) => never): KeyContent {
  let pin: Buffer | null = null;
  const keys: SealingKey[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === "" || line.startsWith("#")) continue;
    const [, id, encoded] = /^(pin|[0-9a-f]{8}):([A-Za-z0-9+/]+=*)$/.exec(line) ?? [];
    const bytes = Buffer.from(encoded ?? "", "base64");
    if (id === undefined || bytes.length !== keyBytes)
      return fail(`is damaged in line ${index + 1}: not an id and ${keyBytes} bytes in base64`);
    if (id === "pin") pin = bytes;
    else keys.push({ id, bytes });
  }
  if (pin === null || keys.length === 0) return fail("is incomplete: it needs a pin and a key");
  return { pin, keys };
}
