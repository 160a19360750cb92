// Pure. Walks the journal from its newest line back and finds the oldest one that is not as it was written.
import { expectedHash, type Fingerprint, type JournalHead, type JournalLine, sealOf } from "./journal-chain.ts";

/**
 * changed: not as it was written · missing: gone from between others, from `id` on · cut off: nothing vouches for the lines
 * from `id` on, or for their absence · order: it stands where no line can be · begun anew: the chain starts at `id` although
 * there was one before.
 */
export interface ChainFault {
  readonly id: number;
  readonly what: "changed" | "missing" | "cut off" | "order" | "begun anew";
}

export function faultSentence({ id, what }: ChainFault): string {
  switch (what) {
    case "changed":
      return `Line ${id} of the journal is not as it was written.`;
    case "missing":
      return `Line ${id} of the journal is missing.`;
    case "cut off":
      return `The end of the journal is not as it was written: nothing vouches for what comes from line ${id} on.`;
    case "order":
      return `Line ${id} of the journal stands where Prebell wrote none.`;
    case "begun anew":
      return `The chain of the journal was begun anew at line ${id}: nothing vouches for the lines before it.`;
  }
}

export interface JournalCheck {
  readonly head: JournalHead | null;
  readonly lines: number;
  readonly fromBeforeChain: number;
  /** The line looked at last; its hash is compared once the one before it is known. */
  readonly newer: JournalLine | null;
  /** The oldest so far. */
  readonly fault: ChainFault | null;
}

/** `newest`: the newest line there is, read before the head was. */
export function beginCheck(head: JournalHead | null, newest: JournalLine | null): JournalCheck {
  const beyond = head !== null && newest !== null && newest.id > head.lastId;
  const fault = beyond ? ({ id: newest.id, what: "order" } as const) : null;
  return { head, lines: 0, fromBeforeChain: 0, newer: null, fault };
}

/** One line further back; the first is the newest that is not newer than the head. */
export function checkLine(fingerprint: Fingerprint, check: JournalCheck, line: JournalLine): JournalCheck {
  const { head, newer } = check;
  const seen = { ...check, lines: check.lines + 1, newer: line };
  if (head === null || line.id < head.firstId) {
    const { fault } = newer === null || isChained(head, newer) ? endChain(fingerprint, check) : check;
    const lost = line.hash === null ? null : headlessFault(head, line);
    return { ...seen, fromBeforeChain: check.fromBeforeChain + 1, fault: lost ?? fault };
  }
  const found = newer === null ? faultAtEnd(fingerprint, head, line) : faultBetween(fingerprint, head, line, newer);
  return { ...seen, fault: found ?? check.fault };
}

/** After the oldest line. */
export function endCheck(fingerprint: Fingerprint, check: JournalCheck): JournalCheck {
  return check.newer === null || isChained(check.head, check.newer) ? endChain(fingerprint, check) : check;
}

function isChained(head: JournalHead | null, { id }: JournalLine): boolean {
  return head !== null && id >= head.firstId;
}

function faultAtEnd(fingerprint: Fingerprint, head: JournalHead, line: JournalLine): ChainFault | null {
  if (line.id < head.lastId) return { id: line.id + 1, what: "cut off" };
  return head.seal === sealOf(fingerprint, head.firstId, line.hash) ? null : { id: line.id + 1, what: "cut off" };
}

function faultBetween(
  fingerprint: Fingerprint,
  { firstId }: JournalHead,
  line: JournalLine,
  newer: JournalLine,
): ChainFault | null {
  if (line.id >= newer.id) return { id: line.id, what: "order" };
  if (line.id < newer.id - 1) return { id: line.id + 1, what: "missing" };
  return newer.hash === expectedHash(fingerprint, firstId, line.hash, newer) ? null : { id: newer.id, what: "changed" };
}

/** Nothing of the chain is older than `check.newer`. */
function endChain(fingerprint: Fingerprint, check: JournalCheck): JournalCheck {
  const { head, newer } = check;
  if (head === null) return check;
  const { firstId } = head;
  if (newer === null) return { ...check, fault: { id: firstId, what: "cut off" } };
  if (newer.id > firstId) return { ...check, fault: { id: firstId, what: "missing" } };
  const isFirst = newer.hash === expectedHash(fingerprint, firstId, null, newer);
  return isFirst ? check : { ...check, fault: { id: firstId, what: "changed" } };
}

/** A line with a hash where there is no chain: it had one once. */
function headlessFault(head: JournalHead | null, { id }: JournalLine): ChainFault {
  return head === null ? { id, what: "cut off" } : { id: head.firstId, what: "begun anew" };
}
