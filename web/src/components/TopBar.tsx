import { heardAt, unreachable } from "../board-model.ts";
import { now } from "../clock.ts";
import { marketZone, timeWithSeconds } from "../time-model.ts";
import { silenceSentence } from "../wording.ts";
import { Icon } from "./Icon.tsx";
import { Mark } from "./Mark.tsx";

const silentMs = 120_000;

/** The market's clock; when the server is silent, the same line says so, so that nothing below moves. */
export function TopBar() {
  const heard = heardAt.value;
  const silent = heard !== null && (unreachable.value || now.value - heard >= silentMs);
  return (
    <header class="bar" data-tone={silent ? "due" : undefined}>
      {silent ? (
        <p class="silence">
          <Icon name="alert" />
          {silenceSentence(heard, now.value, silentMs)}
        </p>
      ) : (
        <>
          <p class="brand">
            <Mark /> Prebell
          </p>
          <p class="clock">{heard !== null && `${timeWithSeconds(now.value, marketZone)} ET`}</p>
        </>
      )}
    </header>
  );
}
