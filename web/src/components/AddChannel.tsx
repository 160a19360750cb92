import { signal } from "@preact/signals";
import type { TargetedInputEvent } from "preact";
import type { ChannelsReply } from "../../../server/http/contract.ts";
import { addChannel, adding, addThisBrowser, type AddableKind, pushKey } from "../channels-model.ts";
import { proposedTopic } from "../channel-list-model.ts";
import { focusSoon } from "../focus-soon.ts";
import { pushAbility } from "../push-model.ts";
import { addWords, channelWords, noEmail, noPush, ntfySteps, pushHindrance, pushNote } from "../wording-channels.ts";
import { Button, Trouble } from "./Button.tsx";

const kinds: readonly AddableKind[] = ["email", "web-push", "ntfy", "slack", "discord"];

/** What is typed, of the form that stands open. */
const typed = signal("");

function openForm(kind: AddableKind): void {
  typed.value = kind === "ntfy" ? proposedTopic(crypto.getRandomValues(new Uint8Array(64))) : "";
  adding.value = kind;
  focusSoon("new-channel");
}

export function AddChannel({ reply }: { reply: ChannelsReply }) {
  if (reply.room === 0) return <p class="note">{channelWords.full}</p>;
  const kind = adding.value;
  return (
    <section class="add-channel" aria-labelledby="add-channel">
      <h3 id="add-channel">{channelWords.add}</h3>
      <div class="buttons">
        {kinds.map((each) => (
          <button
            key={each}
            type="button"
            class="button quiet"
            aria-expanded={kind === each}
            onClick={() => (kind === each ? (adding.value = null) : openForm(each))}
          >
            {addWords[each].pick}
          </button>
        ))}
      </div>
      {kind && (
        <form
          class="channel-form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit(kind);
          }}
        >
          {kind === "web-push" ? <ThisBrowser /> : <Fields kind={kind} reply={reply} />}
          <Trouble where="add-channel" />
        </form>
      )}
    </section>
  );
}

function submit(kind: AddableKind): Promise<unknown> {
  const text = typed.value.trim();
  switch (kind) {
    case "email":
      return addChannel({ kind, address: text });
    case "ntfy":
      return addChannel({ kind, topic: text });
    case "slack":
    case "discord":
      return addChannel({ kind, webhookUrl: text });
    case "web-push":
      return addThisBrowser();
  }
}

function Fields({ kind, reply: { offers } }: { kind: Exclude<AddableKind, "web-push">; reply: ChannelsReply }) {
  const words = addWords[kind];
  const field = {
    id: "new-channel",
    value: typed.value,
    spellcheck: false,
    enterkeyhint: "done",
    "aria-describedby": "new-channel-hint",
    onInput: ({ currentTarget }: TargetedInputEvent<HTMLInputElement>) => (typed.value = currentTarget.value),
  } as const;
  if (kind === "email" && !offers.email) return <p class="note">{noEmail}</p>;
  return (
    <>
      {kind === "ntfy" && (
        <ol class="steps">
          {ntfySteps(offers.ntfyServer).map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      <label for="new-channel">{words.label}</label>
      {kind === "email" ? (
        <input type="email" autocomplete="email" {...field} />
      ) : (
        // No address, perhaps, but corrected and capitalised by no phone.
        <input type="url" autocomplete="off" {...field} />
      )}
      <p id="new-channel-hint" class="note">
        {words.hint}
      </p>
      {kind === "ntfy" && <CopyTopic />}
      <Button name="add-channel" look="main" onPress={() => submit(kind)}>
        {words.submit}
      </Button>
    </>
  );
}

const copied = signal("");

function CopyTopic() {
  const done = copied.value === typed.value;
  const copy = async () => {
    await navigator.clipboard.writeText(typed.value);
    copied.value = typed.value;
  };
  return (
    // Without the clipboard (plain http, or refused) the topic is typed off; nothing is lost.
    <Button name="copy" onPress={() => copy().catch(() => {})}>
      {done ? channelWords.copied : channelWords.copy}
    </Button>
  );
}

function ThisBrowser() {
  const hindrance = pushKey.value === null ? noPush : pushHindrance(pushAbility());
  if (hindrance !== null) return <p class="note">{hindrance}</p>;
  return (
    <>
      <p class="note">{pushNote}</p>
      <Button name="add-channel" look="main" onPress={addThisBrowser}>
        {addWords["web-push"].submit}
      </Button>
    </>
  );
}
