import { useSignal } from "@preact/signals";
import type { DrillView } from "../../../server/http/contract-drills.ts";
import { now } from "../clock.ts";
import { cancelDrill, drills, place, showDrills, startDrill } from "../drill-model.ts";
import { isOpen } from "../drill-times.ts";
import { focus } from "../focus-model.ts";
import { closeSettings } from "../settings-part.ts";
import {
  channelNote,
  drillWords,
  earlierLine,
  endSentence,
  plannedSentence,
  rangSentence,
  stepName,
  stepPoints,
  stepTime,
} from "../wording-drills.ts";
import { Button, Trouble } from "./Button.tsx";

/** One button for the whole loop; its steps while it runs, and the report. */
export function DrillPanel() {
  const [newest, ...earlier] = drills.value ?? [];
  return (
    <section class="panel narrow drill" aria-labelledby="drill-title" ref={showDrills}>
      <h2 id="drill-title">{drillWords.title}</h2>
      <p class="note">{drillWords.why}</p>
      {newest?.state === "planned" && <Planned drill={newest} />}
      {newest?.state === "running" && <Running drill={newest} />}
      {newest !== undefined && !isOpen(newest) && <Report drill={newest} />}
      <Trouble where={place} />
      {drills.value !== null && !isOpen(newest) && <StartForm />}
      {earlier.length > 0 && (
        <details>
          <summary>{drillWords.earlier}</summary>
          <ul>
            {earlier.map((drill) => (
              <li key={drill.id}>{earlierLine(drill, now.value)}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function StartForm() {
  const time = useSignal("");
  return (
    <>
      <Button name="start-drill" look="main" onPress={() => startDrill(null)}>
        {drillWords.now}
      </Button>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (time.value !== "") void startDrill(time.value);
        }}
      >
        <label for="drill-time">{drillWords.at}</label>
        <div class="pair">
          <input
            id="drill-time"
            type="time"
            required
            value={time.value}
            onInput={(event) => (time.value = event.currentTarget.value)}
          />
          <button type="submit" class="button quiet">
            <span class="label">{drillWords.plan}</span>
          </button>
        </div>
      </form>
    </>
  );
}

function Planned({ drill }: { drill: DrillView }) {
  return (
    <>
      <p>{plannedSentence(drill, now.value)}</p>
      <CancelButton drill={drill} />
    </>
  );
}

function Running({ drill }: { drill: DrillView }) {
  const isRenewed = drill.steps.some(({ name, at }) => name === "renewed" && at !== null);
  return (
    <>
      <p>
        <b>{drillWords.running}</b> {rangSentence(drill, now.value)}
      </p>
      <Steps drill={drill} />
      <div class="buttons">
        {!isRenewed && (
          <Button name="renew-drill" look="main" onPress={showOnBoard}>
            {drillWords.renew}
          </Button>
        )}
        <CancelButton drill={drill} />
      </div>
    </>
  );
}

function showOnBoard(): void {
  focus("drill");
  closeSettings();
}

function CancelButton({ drill }: { drill: DrillView }) {
  return (
    <Button name="cancel-drill" onPress={() => cancelDrill(drill)}>
      {drillWords.cancel}
    </Button>
  );
}

function Report({ drill }: { drill: DrillView }) {
  if (drill.score === null) return <p>{endSentence(drill)}</p>;
  return (
    <>
      <p class="score" data-tone={drill.state === "done" ? "ok" : "bad"}>
        <b>{drill.score}</b> {drillWords.outOf}. {endSentence(drill)}
      </p>
      <Steps drill={drill} />
      {drill.channels.length > 0 && (
        <>
          <h3>{drillWords.channels}</h3>
          <ul>
            {drill.channels.map((each, index) => (
              <li key={`${index} ${each.channel}`}>
                {each.channel}: {channelNote(each)}
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>{drillWords.advice}</h3>
      {drill.advice.length === 0 ? (
        <p>{drillWords.nothingToMend}</p>
      ) : (
        <ul>
          {drill.advice.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Steps({ drill }: { drill: DrillView }) {
  return (
    <ol class="steps">
      {drill.steps.map((step) => (
        <li key={step.name} data-done={step.at !== null}>
          <span>{stepName(step, drill)}</span>
          <b>{stepTime(step, drill)}</b>
          {drill.score !== null && <small>{stepPoints(step)}</small>}
        </li>
      ))}
    </ol>
  );
}
