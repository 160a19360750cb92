import { perform } from "../action-model.ts";
import { hasOlderEntries, journal } from "../board-model.ts";
import { now } from "../clock.ts";
import { olderEntries } from "../journal-model.ts";
import { timeNear } from "../time-model.ts";
import { panelTitles, panelWords } from "../wording-details.ts";
import { Button, Trouble } from "./Button.tsx";
import { Panel } from "./Panel.tsx";

export function JournalPanel() {
  const entries = journal.value;
  return (
    <Panel title={panelTitles.journal} shape="wide">
      {entries?.length === 0 && <p class="empty">{panelWords.noJournal}</p>}
      <ol class="journal">
        {entries?.map(({ id, at, text }) => (
          <li key={id}>
            <time dateTime={at}>{timeNear(at, now.value)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
      <Trouble where="older" />
      {hasOlderEntries.value && (
        <Button name="older" onPress={() => perform("older", olderEntries)}>
          {panelWords.older}
        </Button>
      )}
    </Panel>
  );
}
