import { describe, expect, it } from "vitest";
import type { JournalLine } from "../../../server/domain/journal-chain.ts";
import type { RecordStore } from "../../../server/ports.ts";
import { examineJournal } from "../../../server/use-cases/examine-journal.ts";
import { anEntry } from "../../contract/drafts.ts";
import { inMemoryFingerprint, inMemoryStores } from "../../support/fakes.ts";

const random = { fingerprint: inMemoryFingerprint };

async function journalOf(lines: number): Promise<RecordStore> {
  const { records } = inMemoryStores();
  await records.commit({ journal: Array.from({ length: lines }, (_, index) => anEntry({ text: `${index}` })) });
  return records;
}

/** The line of that id, otherwise than it was written. */
function changed(records: RecordStore, id: number, to: Partial<JournalLine>): RecordStore {
  return {
    ...records,
    journal: async (limit, before) =>
      (await records.journal(limit, before)).map((line) => (line.id === id ? { ...line, ...to } : line)),
  };
}

describe("the doctor at the journal", () => {
  it("has nothing to say against an empty one, and counts the lines of a whole one", async () => {
    expect(await examineJournal({ records: await journalOf(0), random })).toMatchObject({
      verdict: "ok",
      sentence: "Empty.",
    });
    const sentence = "The newest 7 lines are as they were written.";
    expect(await examineJournal({ records: await journalOf(7), random })).toMatchObject({ verdict: "ok", sentence });
  });

  it("finds a changed line among the newest thousand, and leaves older ones to verify", async () => {
    const records = await journalOf(1200);
    const found = await examineJournal({ records: changed(records, 201, { text: "otherwise" }), random });
    expect(found).toMatchObject({ verdict: "fault", sentence: "Line 201 of the journal is not as it was written." });
    expect(found.remedy).toContain("journal verify");
    const older = await examineJournal({ records: changed(records, 200, { text: "otherwise" }), random });
    expect(older).toMatchObject({ verdict: "ok", sentence: "The newest 1000 lines are as they were written." });
  });
});
