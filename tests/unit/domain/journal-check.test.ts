import { createHmac } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JournalEntry } from "../../../server/domain/journal.ts";
import { chain, type JournalHead, type JournalLine } from "../../../server/domain/journal-chain.ts";
import {
  beginCheck,
  type ChainFault,
  checkLine,
  endCheck,
  type JournalCheck,
} from "../../../server/domain/journal-check.ts";
import { at } from "../../support/builders.ts";

const hmac = (text: string) => createHmac("sha256", "key").update(text).digest("hex");
const moment = at("2026-03-10T12:30:00Z");

interface Journal {
  /** Oldest first. */
  readonly lines: readonly JournalLine[];
  readonly head: JournalHead | null;
}

/** As many lines from before the chain as `before` says, then the entries, chained. */
function written(entries: readonly JournalEntry[], before = 0): Journal {
  const lines: JournalLine[] = Array.from({ length: before }, (_, index) => ({
    ...anEntry(),
    id: index + 1,
    hash: null,
  }));
  let head: JournalHead | null = null;
  for (const entry of entries) {
    const next = chain(hmac, head, lines.length, entry);
    lines.push(next.line);
    ({ head } = next);
  }
  return { lines, head };
}

function anEntry(overrides: Partial<JournalEntry> = {}): JournalEntry {
  const by = { personId: "anna", name: "Anna", door: "passkey" } as const;
  return { at: moment, kind: "token-stored", connectionId: "etrade-prod", text: "Stored.", by, ...overrides };
}

/** As verify-journal.ts walks it. */
function check({ lines, head }: Journal): JournalCheck {
  const newestFirst = lines.toReversed();
  const end = head?.lastId ?? Infinity;
  let found = beginCheck(head, newestFirst[0] ?? null);
  for (const line of newestFirst.filter(({ id }) => id <= end)) found = checkLine(hmac, found, line);
  return endCheck(hmac, found);
}

const faultIn = (journal: Journal): ChainFault | null => check(journal).fault;

const words = fc.string({ unit: "binary", maxLength: 12 });
const entries = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 1e12 }).map((ms) => Temporal.Instant.fromEpochMilliseconds(ms)),
    kind: fc.constantFrom("token-stored", "keepalive-ok", "refused"),
    connectionId: fc.option(words),
    text: words,
    by: fc.record({ personId: fc.option(words), name: words, door: fc.constantFrom("link", "program") }),
  }),
  { minLength: 2, maxLength: 9 },
);
const journals = fc.tuple(entries, fc.integer({ min: 0, max: 3 })).map(([some, before]) => written(some, before));
const where = fc.nat({ max: 1000 });

/** Every way to write one fact of a line otherwise. */
const facts = ["at", "kind", "connectionId", "text", "personId", "name", "door", "by", "hash"] as const;

function changed(line: JournalLine, fact: (typeof facts)[number]): JournalLine {
  const { by, ...rest } = line;
  const who = by ?? { personId: null, name: "", door: "link" };
  switch (fact) {
    case "at":
      return { ...line, at: line.at.add({ milliseconds: 1 }) };
    case "kind":
      return { ...line, kind: line.kind === "refused" ? "token-stored" : "refused" };
    case "connectionId":
      return { ...line, connectionId: line.connectionId === null ? "" : null };
    case "text":
      return { ...line, text: `${line.text}.` };
    case "personId":
      return { ...line, by: { ...who, personId: who.personId === null ? "" : `${who.personId} ` } };
    case "name":
      return { ...line, by: { ...who, name: `${who.name}'` } };
    case "door":
      return { ...line, by: { ...who, door: who.door === "link" ? "passkey" : "link" } };
    case "by":
      return rest;
    case "hash":
      return { ...line, hash: (line.hash?.startsWith("0") ? "1" : "0") + (line.hash?.slice(1) ?? "") };
  }
}

/** The lines that the chain vouches for, and one of them. */
function chained({ lines, head }: Journal, nth: number) {
  const own = lines.filter(({ hash }) => hash !== null);
  const line = own[nth % own.length];
  if (line === undefined || head === null) throw new Error("The journal has no chain.");
  return { own, line, head };
}

describe("the journal's chain", () => {
  it("vouches for what was written, and counts what is from before it", () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 0, max: 3 }), (some, before) => {
        const found = check(written(some, before));
        expect([found.fault, found.lines, found.fromBeforeChain]).toEqual([null, some.length + before, before]);
      }),
    );
  });

  it("names the line in which a single fact was changed", () => {
    fc.assert(
      fc.property(journals, where, fc.constantFrom(...facts), (journal, nth, fact) => {
        const { line } = chained(journal, nth);
        const lines = journal.lines.map((each) => (each === line ? changed(each, fact) : each));
        expect(faultIn({ ...journal, lines })).toEqual({ id: line.id, what: "changed" });
      }),
    );
  });

  it("finds a single other character in any text of any line", () => {
    const journal = written([anEntry(), anEntry({ text: "Anna" }), anEntry({ connectionId: null })]);
    for (const line of journal.lines)
      for (let place = 0; place < line.text.length; place += 1) {
        const text = `${line.text.slice(0, place)}x${line.text.slice(place + 1)}`;
        const lines = journal.lines.map((each) => (each === line ? { ...each, text } : each));
        expect(faultIn({ ...journal, lines })).toEqual({ id: line.id, what: "changed" });
      }
  });

  it("finds lines that were taken out, whether the others were numbered anew or not", () => {
    fc.assert(
      fc.property(journals, where, fc.boolean(), (journal, nth, isRenumbered) => {
        const { line, head } = chained(journal, nth);
        const rest = journal.lines.filter((each) => each !== line);
        const closed = rest.map((each) => (each.id > line.id ? { ...each, id: each.id - 1 } : each));
        const shorter = { ...head, lastId: head.lastId - 1 };
        const fault = faultIn(isRenumbered ? { lines: closed, head: shorter } : { lines: rest, head });
        if (isRenumbered) expect(fault).not.toBeNull();
        else expect(fault).toEqual({ id: line.id, what: line.id === head.lastId ? "cut off" : "missing" });
      }),
    );
  });

  it("finds two lines that changed places", () => {
    fc.assert(
      fc.property(journals, where, where, (journal, first, second) => {
        const [{ line: one }, { line: two }] = [chained(journal, first), chained(journal, second)];
        fc.pre(one !== two);
        const lines = journal.lines.map((each) => {
          if (each === one) return { ...two, id: one.id };
          return each === two ? { ...one, id: two.id } : each;
        });
        expect(faultIn({ ...journal, lines })?.id).toBe(Math.min(one.id, two.id));
      }),
    );
  });

  it("finds that the newest lines were cut off, whatever head was made up from what can be read", () => {
    fc.assert(
      fc.property(journals, where, where, (journal, kept, other) => {
        const { own, line, head } = chained(journal, kept);
        fc.pre(line.id < head.lastId);
        const lines = journal.lines.filter(({ id }) => id <= line.id);
        const known = own[other % own.length]?.hash ?? "";
        for (const seal of [head.seal, known, line.hash ?? "", ""])
          for (const lastId of [head.lastId, line.id])
            expect(faultIn({ lines, head: { ...head, lastId, seal } })).toEqual({ id: line.id + 1, what: "cut off" });
      }),
    );
  });

  it("finds a line that was put in, at the end or between others", () => {
    fc.assert(
      fc.property(journals, where, (journal, nth) => {
        const { line, head } = chained(journal, nth);
        const forged = { ...line, id: head.lastId + 1 };
        expect(faultIn({ lines: [...journal.lines, forged], head })).toEqual({ id: forged.id, what: "order" });
        const later = journal.lines.map((each) => (each.id > line.id ? { ...each, id: each.id + 1 } : each));
        const between = [...later, { ...line, id: line.id + 1 }].toSorted((a, b) => a.id - b.id);
        expect(faultIn({ lines: between, head: { ...head, lastId: head.lastId + 1 } })).not.toBeNull();
      }),
    );
  });

  it("finds a line that stands there twice", () => {
    const journal = written([anEntry(), anEntry(), anEntry()]);
    const [first, second, third] = journal.lines;
    if (first === undefined || second === undefined || third === undefined) throw new Error("Three were written.");
    expect(faultIn({ ...journal, lines: [first, second, second, third] })).toEqual({ id: 2, what: "order" });
  });

  it("finds that all lines are gone, and that the head is", () => {
    const journal = written([anEntry(), anEntry()]);
    expect(faultIn({ ...journal, lines: [] })).toEqual({ id: 1, what: "cut off" });
    expect(faultIn({ ...journal, head: null })).toEqual({ id: 1, what: "cut off" });
  });

  it("finds that the chain was begun anew over lines that had one", () => {
    const { lines } = written([anEntry(), anEntry()]);
    const next = chain(hmac, null, lines.length, anEntry());
    const anew = { lines: [...lines, next.line], head: next.head };
    expect(faultIn(anew)).toEqual({ id: 3, what: "begun anew" });
  });

  it("keeps a fault in sight after more was written", () => {
    const { lines, head } = written([anEntry(), anEntry()]);
    const cut = lines.slice(0, 1);
    const next = chain(hmac, head, cut.length, anEntry());
    expect(faultIn({ lines: [...cut, next.line], head: next.head })).toEqual({ id: 2, what: "missing" });
    const madeUp = { firstId: 1, lastId: 1, seal: cut[0]?.hash ?? "" };
    const onIt = chain(hmac, madeUp, cut.length, anEntry());
    expect(faultIn({ lines: [...cut, onIt.line], head: onIt.head })).toEqual({ id: 2, what: "changed" });
  });

  it("keeps the halves of characters out, so that what is hashed is what stores give back", () => {
    const by = { personId: null, name: "bot \uDC00", door: "program" } as const;
    const { line } = chain(hmac, null, 0, anEntry({ text: "\uD800!", by }));
    expect([line.text, line.by?.name]).toEqual(["\uFFFD!", "bot \uFFFD"]);
  });
});
