import type { ConnectionView, StatusReply } from "../../../server/http/contract.ts";
import { now } from "../clock.ts";
import { keepAlive, keepAllAlive } from "../keep-alive-model.ts";
import { marketTime } from "../time-model.ts";
import { lastCallText, panelTitles, panelWords } from "../wording-details.ts";
import { Button, Trouble } from "./Button.tsx";
import { Panel } from "./Panel.tsx";

export function KeepAlivePanel({ connection, known }: { connection: ConnectionView; known: StatusReply }) {
  const { id, keepAlive: state } = connection;
  const failures = state.consecutiveFailures;
  return (
    <Panel title={panelTitles.keepAlive}>
      <dl>
        <dt>{panelWords.lastCall}</dt>
        <dd>{lastCallText(state, now.value)}</dd>
        <dt>{panelWords.nextCall}</dt>
        <dd>{state.nextCallAt === null ? panelWords.notPlanned : marketTime(state.nextCallAt, now.value)}</dd>
        <dt>{panelWords.failures}</dt>
        <dd data-tone={failures === 0 ? undefined : failures < 3 ? "due" : "bad"}>{failures}</dd>
      </dl>
      {failures > 0 && state.lastFailure && (
        <p class="note">
          {marketTime(state.lastFailure.at, now.value)}: {state.lastFailure.sentence}
        </p>
      )}
      <Trouble where="keep-alive" />
      <div class="buttons">
        <Button name={`keep-alive ${id}`} onPress={() => keepAlive(id, "keep-alive")}>
          {panelWords.runNow}
        </Button>
        {known.connections.length > 1 && (
          <Button name="keep-all-alive" onPress={keepAllAlive}>
            {panelWords.runAll}
          </Button>
        )}
      </div>
    </Panel>
  );
}
