import type { ConnectionView, StatusReply } from "../../../server/http/contract.ts";
import { accessOf } from "../access-model.ts";
import { now } from "../clock.ts";
import { countdownOf, faceOf, iconOf, openAuthorization, toneOf } from "../connection-model.ts";
import { celebrated } from "../renewal-model.ts";
import { deadlineSentence, evidenceSentence, otherDevice, storedSentence } from "../wording.ts";
import { accessSentence } from "../wording-details.ts";
import { stateWords } from "../wording-gate.ts";
import { Icon } from "./Icon.tsx";
import { Ring } from "./Ring.tsx";

/** The focused connection: time left, state as word, icon and colour, and what that rests on. */
export function Hero({ connection, known }: { connection: ConnectionView; known: StatusReply }) {
  const countdown = countdownOf(connection, known.market, now.value);
  const face = faceOf(connection, known.market);
  const access = accessOf(connection, now.value);
  const done = celebrated.value === connection.id;
  const elsewhere = openAuthorization(connection, now.value)?.mine === false;
  return (
    <section class="hero" data-tone={done ? "ok" : toneOf(connection, known.market, now.value)} data-face={face}>
      <h1 id="focused" tabIndex={-1}>
        {connection.label}
      </h1>
      <Ring countdown={countdown} done={done} />
      <p class="word">
        <Icon name={done ? "check" : iconOf(face)} />
        {stateWords[face]}
      </p>
      <p class="deadline">
        {/* Where one line is too short, it breaks between New York's time and the person's. */}
        {(done ? storedSentence(connection) : deadlineSentence(countdown, now.value)).split(/(?<= ·) /).map((part) => (
          <span key={part}>{part} </span>
        ))}
      </p>
      {access && <p class="access">{accessSentence(access)}</p>}
      <p class="evidence">{elsewhere ? otherDevice : evidenceSentence(connection.status, now.value)}</p>
    </section>
  );
}
