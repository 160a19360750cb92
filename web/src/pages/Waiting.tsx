import { unreachable } from "../board-model.ts";
import { Ring } from "../components/Ring.tsx";
import { now } from "../clock.ts";
import { recallLastKnown } from "../last-known.ts";
import { lastKnownCountdown, type LastKnown } from "../last-known-model.ts";
import { gateWords, lastKnownSentence } from "../wording-gate.ts";

const known: LastKnown | null = recallLastKnown();

/** Until the first answer, or without one: the last known countdown on the device's own clock, and how old it is. */
export function Waiting({ partMissing }: { partMissing: boolean }) {
  const sentence = known && lastKnownSentence(known, now.value);
  return (
    <main class="alone waiting">
      <h1>{partMissing ? gateWords.partMissing : unreachable.value ? gateWords.unreachable : gateWords.waiting}</h1>
      <Ring countdown={known && lastKnownCountdown(known, now.value)} />
      <p class="known">{sentence ?? (unreachable.value && gateWords.nothingKnown)}</p>
      {(partMissing || unreachable.value) && (
        <button type="button" class="button" onClick={() => location.reload()}>
          {gateWords.retry}
        </button>
      )}
    </main>
  );
}
