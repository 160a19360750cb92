import type { ChannelView } from "../../../server/http/contract.ts";
import { addThisBrowser, moveChannel, removeChannel, tested, testChannel, thisBrowser } from "../channels-model.ts";
import { now } from "../clock.ts";
import { channelWords, originWords, removeQuestion, stateOf, testSentence } from "../wording-channels.ts";
import { Button, Trouble } from "./Button.tsx";
import { Question } from "./Question.tsx";

interface ChannelRowProps {
  channel: ChannelView;
  /** From 1. */
  place: number;
  of: number;
}

export function ChannelRow({ channel, place, of }: ChannelRowProps) {
  const { id, kind, origin } = channel;
  const state = stateOf(channel, now.value);
  const test = tested.value.get(id);
  const here = thisBrowser.value?.channel === id ? thisBrowser.value : null;
  const name = nameOf(channel);
  return (
    <li>
      <div class="channel-head">
        <p>
          <span aria-hidden="true">{place}</span>
          <b>{name}</b>
          {here && <small>{channelWords.thisBrowser}</small>}
        </p>
        {of > 1 && <Move channel={channel} by={-1} possible={place > 1} />}
        {of > 1 && <Move channel={channel} by={1} possible={place < of} />}
      </div>
      {originWords[origin] && kind !== "panel" && <p class="note">{originWords[origin]}</p>}
      {state && !test && (
        <p class="channel-state" data-tone={state.tone}>
          {state.sentence}
        </p>
      )}
      {here?.isCurrent === false && (
        <div class="trouble">
          <p>{channelWords.renewed}</p>
          <Button name="add-channel" onPress={addThisBrowser}>
            {channelWords.renew}
          </Button>
        </div>
      )}
      <p role="status" class="channel-state" data-tone={test?.failure === null ? "ok" : "bad"}>
        {test && testSentence(test, kind)}
      </p>
      <Trouble where={`channel ${id}`} />
      <div class="buttons" role="group" aria-label={name}>
        <Button name={`test ${id}`} onPress={() => testChannel(channel)}>
          {channelWords.test}
        </Button>
        {origin === "own" && (
          <Question
            name={`remove ${id}`}
            ask={channelWords.remove}
            question={removeQuestion(name)}
            no={channelWords.keep}
            yes={channelWords.removeNow}
            onYes={() => removeChannel(channel)}
          />
        )}
      </div>
    </li>
  );
}

function Move({ channel, by, possible }: { channel: ChannelView; by: -1 | 1; possible: boolean }) {
  const word = by === -1 ? channelWords.up : channelWords.down;
  return (
    <button
      type="button"
      class="button quiet square"
      aria-label={`${nameOf(channel)}: ${word}`}
      // Not switched off: the focus would be lost where the row arrives at an end.
      aria-disabled={!possible}
      onClick={() => possible && moveChannel(channel, by)}
    >
      {by === -1 ? "↑" : "↓"}
    </button>
  );
}

function nameOf({ kind, label }: ChannelView): string {
  // ntfy writes itself small.
  return kind === "ntfy" ? label : label.slice(0, 1).toUpperCase() + label.slice(1);
}
