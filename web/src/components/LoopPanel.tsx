import type { ConnectionView } from "../../../server/http/contract.ts";
import { loopOf } from "../loop-model.ts";
import { dayName, marketZone, timeWithSeconds } from "../time-model.ts";
import { now } from "../clock.ts";
import { elapsedSentence, loopWords, panelTitles, panelWords } from "../wording-details.ts";
import { Icon } from "./Icon.tsx";
import { Panel } from "./Panel.tsx";

/** The chain of evidence from the tap to the trading system. */
export function LoopPanel({ connection }: { connection: ConnectionView }) {
  const loop = loopOf(connection);
  const day = connection.token && dayName(connection.token.storedAt, marketZone);
  return (
    <Panel title={panelTitles.loop} shape="tall">
      {loop === null ? (
        <p class="empty">{panelWords.noLoop}</p>
      ) : (
        <>
          <ol class="loop">
            {loop.steps.map(({ name, at }) => (
              <li key={name} data-tone={at === null ? "calm" : "ok"}>
                <Icon name={at === null ? "clock" : "check"} />
                <span>
                  {loopWords[name]}
                  {(name === "stored" || name === "refreshed" || name === "running") && ` v${loop.version}`}
                </span>
                <span class="when">{at === null ? panelWords.waiting : momentOf(at, day)}</span>
              </li>
            ))}
          </ol>
          <p class="note">{elapsedSentence(loop, day === dayName(now.value, marketZone) ? null : day)}</p>
        </>
      )}
    </Panel>
  );
}

/** The day is said once below; a step that came on another day says its own. */
function momentOf(at: string, day: string | null): string {
  const time = timeWithSeconds(at, marketZone);
  return dayName(at, marketZone) === day ? time : `${dayName(at, marketZone)}, ${time}`;
}
