import { signal } from "@preact/signals";
import type { RoleName } from "../../../server/http/contract.ts";
import { now } from "../clock.ts";
import { invitation, invite } from "../people-model.ts";
import { inviteSentence, peopleWords, roleNotes, roleWords } from "../wording-people.ts";
import { Button, Trouble } from "./Button.tsx";
import { Once } from "./Once.tsx";

const name = signal("");
const role = signal<RoleName>("renewer");
const offered: readonly RoleName[] = ["renewer", "viewer", "owner"];

async function send(): Promise<void> {
  if (await invite(name.value.trim(), role.value)) name.value = "";
}

export function InviteForm() {
  const made = invitation.value;
  return (
    <>
      {made && <Once secret={made.link} note={inviteSentence(made.name, made.expiresAt, now.value)} />}
      <details class="form">
        <summary>{peopleWords.inviteTitle}</summary>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void send();
          }}
        >
          <label for="invite-name">{peopleWords.name}</label>
          <input
            id="invite-name"
            value={name.value}
            maxLength={40}
            autocomplete="off"
            onInput={(event) => (name.value = event.currentTarget.value)}
          />
          <fieldset>
            <legend>{peopleWords.role}</legend>
            {offered.map((each) => (
              <label key={each} class="choice">
                <input
                  type="radio"
                  name="invite-role"
                  checked={role.value === each}
                  onChange={() => (role.value = each)}
                />
                <span>
                  {roleWords[each]}
                  <small>{roleNotes[each]}</small>
                </span>
              </label>
            ))}
          </fieldset>
          <Trouble where="invite" />
          <Button name="invite" look="main" onPress={send}>
            {peopleWords.invite}
          </Button>
        </form>
      </details>
    </>
  );
}
