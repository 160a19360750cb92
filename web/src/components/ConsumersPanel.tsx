import type { ConnectionView } from "../../../server/http/contract.ts";
import { now } from "../clock.ts";
import { panelTitles, panelWords, runsOn } from "../wording-details.ts";
import { Icon } from "./Icon.tsx";
import { Panel } from "./Panel.tsx";

export function ConsumersPanel({ connection: { consumers, token } }: { connection: ConnectionView }) {
  return (
    <Panel title={panelTitles.consumers}>
      {consumers.length === 0 && <p class="empty">{panelWords.noConsumers}</p>}
      <ul class="list">
        {consumers.map((consumer) => (
          <li key={consumer.consumer} data-tone={consumer.current ? "ok" : "due"}>
            <Icon name={consumer.current ? "check" : "alert"} />
            <span>
              <b>{consumer.consumer}</b> {runsOn(consumer, token?.version ?? null, now.value)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
