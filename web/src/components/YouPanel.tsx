import { signal } from "@preact/signals";
import { now } from "../clock.ts";
import { isOwner, me, renameMe, signOutEverywhere } from "../people-model.ts";
import { peopleWords, roleNotes, roleWords, sessionSentence } from "../wording-people.ts";
import { Button, Trouble } from "./Button.tsx";
import { Panel } from "./Panel.tsx";

export function YouPanel() {
  const known = me.value;
  return (
    <Panel title={peopleWords.you}>
      {known && (
        <>
          <p>
            <b>{known.name}</b> · {roleWords[known.role]}: {roleNotes[known.role]}.
          </p>
          <p class="note">{sessionSentence(known, now.value)}</p>
        </>
      )}
      <Trouble where="you" />
      {isOwner.value && <NameForm />}
      <Trouble where="sign-out-everywhere" />
      <Button name="sign-out-everywhere" onPress={signOutEverywhere}>
        {peopleWords.signOutEverywhere}
      </Button>
    </Panel>
  );
}

/** Null: as it is. */
const name = signal<string | null>(null);

async function save(): Promise<void> {
  if (await renameMe((name.value ?? "").trim())) name.value = null;
}

function NameForm() {
  return (
    <details class="form">
      <summary>{peopleWords.rename}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <label for="my-name">{peopleWords.newName}</label>
        <input
          id="my-name"
          value={name.value ?? me.value?.name ?? ""}
          maxLength={40}
          autocomplete="name"
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
        <Trouble where="rename" />
        <Button name="rename" onPress={save}>
          {peopleWords.save}
        </Button>
      </form>
    </details>
  );
}
