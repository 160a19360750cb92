import type { ConnectionView, StatusReply } from "../../../server/http/contract.ts";
import { refreshes } from "../access-model.ts";
import { now } from "../clock.ts";
import { isMarketZone, marketZone, placeInMarketDay, timeOfDay } from "../time-model.ts";
import { marksOf } from "../timeline-model.ts";
import { marketSentence } from "../wording.ts";
import { markWord, panelTitles } from "../wording-details.ts";
import { Panel } from "./Panel.tsx";

/** The market's day from midnight to midnight in New York, and where the focused connection stands in it. */
export function Today({ known: { market }, connection }: { known: StatusReply; connection: ConnectionView | null }) {
  const marks = connection ? marksOf(connection, market) : [];
  const open = market.today && placeInMarketDay(market.today.open, market.date);
  const close = market.today && placeInMarketDay(market.today.close, market.date);
  return (
    <Panel title={panelTitles.today} shape="wide">
      <p class="market">{marketSentence(market, now.value)}</p>
      <svg class="track-of-day" aria-hidden="true">
        <rect class="day" width="100%" />
        {open !== null && close !== null && <rect class="hours" x={percent(open)} width={percent(close - open)} />}
        {marks.map(({ kind, at, place }) => (
          <circle key={kind + at} class={kind} cx={percent(place)} />
        ))}
        <rect class="now" x={percent(placeInMarketDay(now.value, market.date) ?? 0)} />
      </svg>
      <ol class="marks">
        {marks.map(({ kind, at }) => (
          <li key={kind + at} class={kind} data-past={Date.parse(at) <= now.value}>
            <b>{timeOfDay(at, marketZone)} ET</b>
            <span>{markWord(kind, connection !== null && refreshes(connection))}</span>
            {!isMarketZone(at) && <small>{timeOfDay(at)} your time</small>}
          </li>
        ))}
      </ol>
    </Panel>
  );
}

const percent = (share: number): string => `${(share * 100).toFixed(2)}%`;
