import { messages } from "../board-model.ts";
import { now } from "../clock.ts";
import { failedTries, messagesNote, messageState, panelTitles, panelWords } from "../wording-details.ts";
import { Panel } from "./Panel.tsx";

export function MessagesPanel() {
  const reply = messages.value;
  return (
    <Panel title={panelTitles.messages} shape="wide">
      {reply && <p class="note">{messagesNote(reply.channel)}</p>}
      {reply?.messages.length === 0 && <p class="empty">{panelWords.noMessages}</p>}
      <ul class="messages">
        {reply?.messages.map((message) => (
          <li key={message.id} data-state={message.state}>
            <p>{message.text}</p>
            <small>{messageState(message, now.value)}</small>
            {failedTries(message, now.value).map((line) => (
              <small class="failed" key={line}>
                {line}
              </small>
            ))}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
