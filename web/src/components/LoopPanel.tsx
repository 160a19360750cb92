import type { ConnectionView } from "../../../server/http/contract.ts";
import { loopOf } from "../loop-model.ts";
import { dayName, timeWithSeconds } from "../time-model.ts";
import { now } from "../clock.ts";
import { elapsedSentence, loopWords, panelTitles, panelWords } from "../wording-details.ts";
import { Icon } from "./Icon.tsx";
import { Panel } from "./Panel.tsx";

/** The chain of evidence from the tap to the trading system. */
export function LoopPanel({ connection }: { connection: ConnectionView }) {
  const loop = loopOf(connection);
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
                  {name === "stored" && ` v${loop.version}`}
                </span>
                <span class="when">{at === null ? panelWords.waiting : momentOf(at)}</span>
              </li>
            ))}
          </ol>
          <p class="note">{elapsedSentence(loop.version, loop.secondsFromTap)}</p>
        </>
      )}
    </Panel>
  );
}

function momentOf(at: string): string {
  return dayName(at) === dayName(now.value) ? timeWithSeconds(at) : `${dayName(at)}, ${timeWithSeconds(at)}`;
}
