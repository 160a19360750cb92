import type { ConnectionView, StatusReply } from "../../../server/http/contract.ts";
import { focus, others } from "../focus-model.ts";
import { now } from "../clock.ts";
import { countdownOf, faceOf, iconOf, toneOf } from "../connection-model.ts";
import { countdownText } from "../countdown-model.ts";
import { closeRenewal } from "../renewal-model.ts";
import { stateWords } from "../wording-gate.ts";
import { Icon } from "./Icon.tsx";
import { focusSoon } from "../focus-soon.ts";

/** The connections that are not in the ring; a tap brings one there. */
export function Rows({ known }: { known: StatusReply }) {
  return (
    <ul class="rows">
      {others.value.map((connection) => (
        <Row key={connection.id} connection={connection} known={known} />
      ))}
    </ul>
  );
}

function Row({ connection, known }: { connection: ConnectionView; known: StatusReply }) {
  const { market } = known;
  const face = faceOf(connection, market);
  const countdown = countdownOf(connection, market, now.value);
  const choose = () => {
    closeRenewal();
    focus(connection.id);
    focusSoon("focused");
  };
  return (
    <li>
      <button type="button" class="row" data-tone={toneOf(connection, market, now.value)} onClick={choose}>
        <Icon name={iconOf(face)} />
        <span class="name">{connection.label}</span>
        <span class="state">{stateWords[face]}</span>
        {connection.status.expiresAt !== null && <span class="left">{countdownText(countdown.ms)}</span>}
      </button>
    </li>
  );
}
