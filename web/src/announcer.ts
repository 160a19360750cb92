// What a screen reader hears. The visible digits are silent; this speaks at few marks and when something changes.
import { effect, signal } from "@preact/signals";
import { status } from "./board-model.ts";
import { now } from "./clock.ts";
import { countdownOf, faceOf, type Countdown, type Face } from "./connection-model.ts";
import { passedMark } from "./countdown-model.ts";
import { focused } from "./focus-model.ts";
import { markSentence, stateSentence } from "./wording.ts";

export const announcement = signal("");

export function announce(sentence: string): void {
  announcement.value = sentence;
}

export function watchCountdown(): () => void {
  let last: { id: string; face: Face; countdown: Countdown } | null = null;
  return effect(() => {
    const connection = focused.value;
    if (connection === null || status.value === null) return;
    const { market } = status.value;
    const seen = {
      id: connection.id,
      face: faceOf(connection, market),
      countdown: countdownOf(connection, market, now.value),
    };
    if (last?.id === seen.id) {
      if (last.face !== seen.face) announce(stateSentence(connection.label, seen.face));
      else if (last.countdown.at === seen.countdown.at && seen.countdown.kind !== "since-open") {
        const minutes = passedMark(last.countdown.ms, seen.countdown.ms);
        if (minutes !== null) announce(markSentence(connection.label, seen.countdown, minutes));
      }
    }
    last = seen;
  });
}
