// The journal from its newest line back, in pages, so that no more than one of them is held however long it is.
import type { JournalLine } from "../domain/journal-chain.ts";
import type { RecordStore } from "../ports.ts";

const pageOfLines = 500;

/** Newest first. `before`: only lines older than that; `limit`: at most so many. */
export async function* walkJournal(
  records: Pick<RecordStore, "journal">,
  { before, limit = Infinity }: { readonly before?: number | undefined; readonly limit?: number } = {},
): AsyncGenerator<JournalLine, void, undefined> {
  let from = before;
  for (let left = limit; left > 0; left -= pageOfLines) {
    const wanted = Math.min(left, pageOfLines);
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const page = await records.journal(wanted, from);
    yield* page;
    from = page.at(-1)?.id;
    if (page.length < wanted || from === undefined) return;
  }
}
