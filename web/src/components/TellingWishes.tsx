import type { WishesView } from "../../../server/http/contract.ts";
import { changeWishes } from "../channels-model.ts";
import { channelWords, escalationText, patienceText } from "../wording-channels.ts";
import { Trouble } from "./Button.tsx";
import { Switch } from "./Switch.tsx";

const patiences = [15, 30, 60, 120, 300, 600];
const escalations = [60, 30, 15, 0];

/** Each is kept as soon as it is chosen. */
export function TellingWishes({ wishes }: { wishes: WishesView }) {
  const { nextChannelAfterSeconds, escalateAtMinutes, allSet } = wishes;
  return (
    <section class="wishes" aria-labelledby="wishes">
      <h3 id="wishes">{channelWords.wishes}</h3>
      <Choice
        id="patience"
        label={channelWords.patience}
        value={nextChannelAfterSeconds}
        options={patiences}
        text={patienceText}
        onChoose={(seconds) => changeWishes({ nextChannelAfterSeconds: seconds })}
      />
      <Choice
        id="escalation"
        label={channelWords.escalation}
        value={escalateAtMinutes}
        options={escalations}
        text={escalationText}
        onChoose={(minutes) => changeWishes({ escalateAtMinutes: minutes })}
      />
      <Switch name="wishes" on={allSet} onPress={() => changeWishes({ allSet: !allSet })}>
        {channelWords.allSet}
      </Switch>
      <Trouble where="wishes" />
    </section>
  );
}

interface ChoiceProps {
  id: string;
  label: string;
  value: number;
  options: readonly number[];
  text: (value: number) => string;
  onChoose: (value: number) => unknown;
}

function Choice({ id, label, value, options, text, onChoose }: ChoiceProps) {
  // What was set otherwise, by a program, is shown as well.
  const all = options.includes(value) ? options : [value, ...options];
  return (
    <div class="patience">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(Number(event.currentTarget.value))}>
        {all.map((each) => (
          <option key={each} value={each}>
            {text(each)}
          </option>
        ))}
      </select>
    </div>
  );
}
