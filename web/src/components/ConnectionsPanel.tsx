import type { OwnConnectionView } from "../../../server/http/contract-connections.ts";
import {
  open,
  opened,
  ownConnections,
  place,
  removeConnection,
  said,
  showOwnConnections,
} from "../own-connections-model.ts";
import { connectionWords, keyNote, removeQuestion } from "../wording-connections.ts";
import { Button, Trouble } from "./Button.tsx";
import { AddForm, KeysForm } from "./KeysForm.tsx";

/** Everybody sees which there are; their keys' ends, and what can be done to them, only their owner. */
export function ConnectionsPanel() {
  const known = ownConnections.value;
  const adding = opened.value?.act === "add";
  return (
    <section class="panel narrow" aria-labelledby="connections-title" ref={showOwnConnections}>
      <h2 id="connections-title">{connectionWords.title}</h2>
      <p class="note">{connectionWords.why}</p>
      <ul class="own-connections">
        {known?.connections.map((connection) => (
          <li key={connection.id}>
            <b>{connection.label}</b>
            <small data-tone={connection.keys === "unreadable" ? "bad" : undefined}>{keyNote(connection)}</small>
            {connection.mine && connection.keys !== "configured" && <Acts connection={connection} />}
          </li>
        ))}
      </ul>
      {said.value && <p class="said">{said.value}</p>}
      {opened.value === null && <Trouble where={place} />}
      {known?.mayAdd && !adding && (
        <Button name="open-add" onPress={() => open({ act: "add" })}>
          {connectionWords.add}
        </Button>
      )}
      {known?.mayAdd && adding && <AddForm />}
    </section>
  );
}

function Acts({ connection }: { connection: OwnConnectionView }) {
  const { id, label } = connection;
  const current = opened.value;
  const act = current !== null && current.act !== "add" && current.id === id ? current.act : null;
  switch (act) {
    case "keys":
      return <KeysForm connection={connection} />;
    case "remove":
      return (
        <>
          <p>{removeQuestion(label)}</p>
          <Trouble where={place} />
          <div class="buttons">
            <Button name="keep-connection" onPress={() => open(null)}>
              {connectionWords.keep}
            </Button>
            <Button name="remove-connection" look="danger" onPress={() => removeConnection(connection)}>
              {connectionWords.removeNow}
            </Button>
          </div>
        </>
      );
    case null:
      return (
        <div class="buttons">
          <Button name="open-keys" onPress={() => open({ act: "keys", id })}>
            {connectionWords.replace} <span class="unseen">{label}</span>
          </Button>
          <Button name="open-remove" look="danger" onPress={() => open({ act: "remove", id })}>
            {connectionWords.remove} <span class="unseen">{label}</span>
          </Button>
        </div>
      );
  }
}
