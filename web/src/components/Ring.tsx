import type { ComponentChildren } from "preact";
import type { Countdown } from "../connection-model.ts";
import { countdownParts } from "../countdown-model.ts";
import { countdownCaption, spokenCountdown } from "../wording-gate.ts";

interface RingProps {
  countdown: Countdown | null;
  done?: boolean;
  children?: ComponentChildren;
}

/** The figure changes each second without a sound: a timer is not a live region. */
export function Ring({ countdown, done = false, children }: RingProps) {
  const parts = countdown && countdownParts(countdown.ms);
  return (
    <div class="ring" role="timer" aria-label={countdown ? spokenCountdown(countdown) : undefined}>
      <svg viewBox="0 0 248 248" aria-hidden="true">
        <circle class="track" cx="124" cy="124" r="119" />
        <circle class="minutes" cx="124" cy="124" r="107" pathLength={240} />
        <circle
          class="arc"
          cx="124"
          cy="124"
          r="119"
          pathLength={1}
          stroke-dashoffset={1 - (done ? 1 : (countdown?.fraction ?? 0))}
        />
        {done && <path class="done" d="M82 128l29 29 56-62" pathLength={1} />}
      </svg>
      {parts && !done && (
        <div class="reading">
          <p class={parts.length > 1 ? "figure long" : "figure"}>
            {parts.map(({ figure, unit }) => (
              <span key={unit}>
                {figure}
                {unit && <small> {unit} </small>}
              </span>
            ))}
          </p>
          <p class="caption">{countdown && countdownCaption(countdown)}</p>
        </div>
      )}
      {children}
    </div>
  );
}
