// The doctor at the journal: do its newest lines hang together. The whole of it is for `prebell journal verify`.
import { faultSentence } from "../domain/journal-check.ts";
import { type Finding, found } from "./finding.ts";
import { type JournalKeepers, verifyJournal } from "./verify-journal.ts";

const looksAt = 1000;

export async function examineJournal(deps: JournalKeepers): Promise<Finding> {
  // One more, which the oldest of them follows.
  const { entries, fromBeforeChain, fault } = await verifyJournal(deps, { limit: looksAt + 1 });
  if (fault !== null)
    return found(
      "journal",
      "fault",
      faultSentence(fault),
      "Find out who could write the records; npm run prebell -- journal verify looks at all of it.",
    );
  if (entries === 0) return found("journal", "ok", "Empty.");
  const chained = Math.min(entries - fromBeforeChain, looksAt);
  const older = fromBeforeChain === 0 ? "" : " What is older is from before the chain, and nothing vouches for it.";
  return found("journal", "ok", `The newest ${chained} lines are as they were written.${older}`);
}
