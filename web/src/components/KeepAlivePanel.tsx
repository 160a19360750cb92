import type { ConnectionView, StatusReply } from "../../../server/http/contract.ts";
import { accessOf, refreshes } from "../access-model.ts";
import { now } from "../clock.ts";
import { keepAlive, keepAllAlive } from "../keep-alive-model.ts";
import { marketTime } from "../time-model.ts";
import { accessSentence, lastCallText, panelTitles, panelWords } from "../wording-details.ts";
import { Button, Trouble } from "./Button.tsx";
import { Panel } from "./Panel.tsx";

export function KeepAlivePanel({ connection, known }: { connection: ConnectionView; known: StatusReply }) {
  const { id, keepAlive: state, token } = connection;
  const access = accessOf(connection, now.value);
  const isRefreshed = refreshes(connection);
  const refreshedAt = token?.refreshedAt ?? null;
  const next = state.nextCallAt === null ? panelWords.notPlanned : marketTime(state.nextCallAt, now.value);
  const failures = state.consecutiveFailures;
  return (
    <Panel title={panelTitles.keepAlive}>
      {access && <p>{accessSentence(access)}</p>}
      <dl>
        {isRefreshed && (
          <>
            <dt>{panelWords.refreshed}</dt>
            <dd>{refreshedAt === null ? panelWords.neverRefreshed : marketTime(refreshedAt, now.value)}</dd>
            <dt>{panelWords.nextRefresh}</dt>
            <dd>
              {next}
              {access?.bySelf === false && ` ${panelWords.onDemand}`}
            </dd>
          </>
        )}
        <dt>{panelWords.lastCall}</dt>
        <dd>{lastCallText(state, now.value)}</dd>
        {!isRefreshed && (
          <>
            <dt>{panelWords.nextCall}</dt>
            <dd>{next}</dd>
          </>
        )}
        <dt>{panelWords.failures}</dt>
        <dd data-tone={failures === 0 ? undefined : failures < 3 ? "due" : "bad"}>{failures}</dd>
      </dl>
      {failures > 0 && state.lastFailure && (
        <p class="note">
          {marketTime(state.lastFailure.at, now.value)}: {state.lastFailure.sentence}
        </p>
      )}
      <Trouble where="keep-alive" />
      {connection.role !== "viewer" && (
        <div class="buttons">
          <Button name={`keep-alive ${id}`} onPress={() => keepAlive(id, "keep-alive")}>
            {isRefreshed ? panelWords.refreshNow : panelWords.runNow}
          </Button>
          {known.connections.length > 1 && (
            <Button name="keep-all-alive" onPress={keepAllAlive}>
              {panelWords.runAll}
            </Button>
          )}
        </div>
      )}
    </Panel>
  );
}
