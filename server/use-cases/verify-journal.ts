// Whether the journal is as it was written: every line against the one before it, and the newest against the head.
import { beginCheck, type ChainFault, checkLine, endCheck, type JournalCheck } from "../domain/journal-check.ts";
import type { Dependencies } from "./dependencies.ts";
import { walkJournal } from "./walk-journal.ts";

export interface Verification {
  readonly entries: number;
  /** Of those, written before there was a chain: nothing vouches for them. */
  readonly fromBeforeChain: number;
  /** The oldest line that is not as it was written. */
  readonly fault: ChainFault | null;
  /** The newest line, for who wants to note it; null in an empty journal. */
  readonly newest: NotedLine | null;
}

/** A line as somebody noted it elsewhere. The only thing that shows that all of the records were put back to an older state. */
export interface NotedLine {
  readonly id: number;
  readonly hash: string;
}

export interface JournalKeepers extends Pick<Dependencies, "records"> {
  readonly random: Pick<Dependencies["random"], "fingerprint">;
}

/** `limit`: looks at that many lines only, the newest. */
export async function verifyJournal(
  { records, random }: JournalKeepers,
  { limit = Infinity, noted = null }: { readonly limit?: number; readonly noted?: NotedLine | null } = {},
): Promise<Verification> {
  const fingerprint = (text: string) => random.fingerprint(text);
  // In this order: lines written meanwhile are newer than the head that is read after this one, never older.
  const newest = (await records.journal(1))[0] ?? null;
  const head = await records.journalHead();
  let check: JournalCheck = beginCheck(head, newest);
  let asNoted = noted === null;
  const before = (head?.lastId ?? newest?.id ?? 0) + 1;
  for await (const line of walkJournal(records, { before, limit })) {
    check = checkLine(fingerprint, check, line);
    if (line.id === noted?.id) asNoted = line.hash?.startsWith(noted.hash) ?? false;
  }
  if (check.lines < limit) check = endCheck(fingerprint, check);
  const { lines: entries, fromBeforeChain, fault } = check;
  const end = newest?.hash == null ? null : { id: newest.id, hash: newest.hash };
  return { entries, fromBeforeChain, fault: fault ?? (asNoted ? null : faultAt(noted, end)), newest: end };
}

/** The line is not as it was noted, or the journal ends before it. */
function faultAt(noted: NotedLine | null, end: NotedLine | null): ChainFault | null {
  if (noted === null) return null;
  return { id: noted.id, what: noted.id > (end?.id ?? 0) ? "cut off" : "changed" };
}
