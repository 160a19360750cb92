// Paging back through the journal.
import { batch } from "@preact/signals";
import { api } from "./api.ts";
import { hasOlderEntries, journal, journalPage } from "./board-model.ts";

export async function olderEntries(): Promise<void> {
  const known = journal.value ?? [];
  const { entries } = await api.journal(known.at(-1)?.id);
  batch(() => {
    journal.value = [...known, ...entries];
    hasOlderEntries.value = entries.length === journalPage;
  });
}
