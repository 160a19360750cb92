// Pure. How the journal's lines hang together: each carries a keyed hash over itself and the one before, and a head apart from
// them seals the newest. Who can write the records, but has not the installation's key, changes no line unseen.
import type { JournalEntry } from "./journal.ts";

/** An entry as it is kept. */
export interface JournalLine extends JournalEntry {
  /** Rises by one from line to line. */
  readonly id: number;
  /** Null in a line from before the chain. */
  readonly hash: string | null;
}

/** Where the chain begins and ends. */
export interface JournalHead {
  readonly firstId: number;
  readonly lastId: number;
  /** What the next line is chained to. No line shows it, so that cutting off the newest ones leaves no head to put in place. */
  readonly seal: string;
}

/** HMAC-SHA256 in hex under the installation's own key. */
export type Fingerprint = (text: string) => string;

/** The entry as the next line, and the head from then on. `newestId`: of the lines there are; 0 where there is none. */
export function chain(
  fingerprint: Fingerprint,
  head: JournalHead | null,
  newestId: number,
  entry: JournalEntry,
): { readonly line: JournalLine & { readonly hash: string }; readonly head: JournalHead } {
  // Never the number of a line that is there already, even if somebody put it there: it stays to be found.
  const id = Math.max(head?.lastId ?? 0, newestId) + 1;
  const firstId = head?.firstId ?? id;
  const kept = { ...asStoresKeepIt(entry), id };
  const hash = hashOf(fingerprint, head?.seal ?? sealOf(fingerprint, firstId, null), kept);
  return { line: { ...kept, hash }, head: { firstId, lastId: id, seal: sealOf(fingerprint, firstId, hash) } };
}

/** What the line's hash has to be, after a line with the hash `before`; null before the first. */
export function expectedHash(
  fingerprint: Fingerprint,
  firstId: number,
  before: string | null,
  line: Omit<JournalLine, "hash">,
): string {
  return hashOf(fingerprint, sealOf(fingerprint, firstId, before), line);
}

/** The seal of a chain that ends with a line of that hash. */
export function sealOf(fingerprint: Fingerprint, firstId: number, hash: string | null): string {
  return fingerprint(`journal head\n${firstId}\n${hash ?? ""}`);
}

function hashOf(fingerprint: Fingerprint, seal: string, line: Omit<JournalLine, "hash">): string {
  return fingerprint(`journal line\n${seal}\n${canonicalText(line)}`);
}

/** Every fact of the line, so that no two lines have the same text. */
export function canonicalText({ id, at, kind, connectionId, text, by }: Omit<JournalLine, "hash">): string {
  const who = by === undefined ? null : [by.personId, by.name, by.door];
  return JSON.stringify([id, at.toString({ smallestUnit: "millisecond" }), kind, connectionId, text, who]);
}

/** Stores keep UTF-8, which has no halves of characters; what is hashed has to be what is read back. */
function asStoresKeepIt({ by, ...entry }: JournalEntry): JournalEntry {
  const text = entry.text.toWellFormed();
  return by === undefined
    ? { ...entry, text }
    : { ...entry, text, by: { personId: by.personId, name: by.name.toWellFormed(), door: by.door } };
}
