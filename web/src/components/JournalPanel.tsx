import type { JournalReply } from "../../../server/http/contract.ts";
import { perform } from "../action-model.ts";
import { hasOlderEntries, journal } from "../board-model.ts";
import { olderEntries } from "../journal-model.ts";
import { dayName, marketZone, timeOfDay } from "../time-model.ts";
import { actorWords, panelTitles, panelWords } from "../wording-details.ts";
import { Button, Trouble } from "./Button.tsx";
import { Panel } from "./Panel.tsx";

export function JournalPanel() {
  const entries = journal.value;
  return (
    <Panel title={panelTitles.journal} shape="wide">
      {entries?.length === 0 && <p class="empty">{panelWords.noJournal}</p>}
      {byDay(entries ?? []).map(([day, ofDay]) => (
        <section key={day}>
          <h3>{day}</h3>
          <ol class="journal">
            {ofDay.map(({ id, at, text, by }) => (
              <li key={id}>
                <time dateTime={at}>{timeOfDay(at, marketZone)}</time>
                <span>
                  {text}
                  {by !== null && <small>{actorWords(by)}</small>}
                </span>
              </li>
            ))}
          </ol>
        </section>
      ))}
      <Trouble where="older" />
      {hasOlderEntries.value && (
        <Button name="older" onPress={() => perform("older", olderEntries)}>
          {panelWords.older}
        </Button>
      )}
    </Panel>
  );
}

type Entries = JournalReply["entries"];

function byDay(entries: Entries): [day: string, entries: Entries][] {
  return [...Map.groupBy(entries, ({ at }) => dayName(at, marketZone))];
}
