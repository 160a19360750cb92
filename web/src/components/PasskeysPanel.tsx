import { signal } from "@preact/signals";
import type { PasskeyView } from "../../../server/http/contract.ts";
import { now } from "../clock.ts";
import { addPasskey, passkeys, removePasskey, renamePasskey, showPasskeys } from "../passkey-model.ts";
import { passkeyNote, passkeyWords, removeQuestion } from "../wording-passkeys.ts";
import { Button, Trouble } from "./Button.tsx";

/** The passkey that is being renamed or removed; the others wait. */
const opened = signal<{ id: string; act: "rename" | "remove" } | null>(null);
const close = () => (opened.value = null);

export function PasskeysPanel() {
  const known = passkeys.value;
  return (
    <section class="panel narrow" aria-labelledby="passkeys-title" ref={showPasskeys}>
      <h2 id="passkeys-title">{passkeyWords.title}</h2>
      <p>{known?.length === 0 ? passkeyWords.none : passkeyWords.why}</p>
      <ul class="passkeys">
        {known?.map((passkey) => (
          <li key={passkey.id}>
            <b>{passkey.name}</b>
            <small>{passkeyNote(passkey, now.value)}</small>
            <Acts passkey={passkey} isLast={known.length === 1} />
          </li>
        ))}
      </ul>
      <Trouble where="passkeys" />
      <Button name="add-passkey" look={known?.length === 0 ? "main" : "quiet"} onPress={() => addPasskey("passkeys")}>
        {passkeyWords.add}
      </Button>
    </section>
  );
}

function Acts({ passkey, isLast }: { passkey: PasskeyView; isLast: boolean }) {
  const { id, name } = passkey;
  const act = opened.value?.id === id ? opened.value.act : null;
  switch (act) {
    case "rename":
      return <RenameForm id={id} name={name} />;
    case "remove":
      return (
        <>
          <p>{removeQuestion(passkey, isLast)}</p>
          <div class="buttons">
            <Button name="keep-passkey" onPress={close}>
              {passkeyWords.keep}
            </Button>
            <Button name="remove-passkey" look="danger" onPress={() => removePasskey(id).then(close)}>
              {passkeyWords.removeNow}
            </Button>
          </div>
        </>
      );
    case null:
      return (
        <div class="buttons">
          <Button name="open-rename" onPress={() => (opened.value = { id, act: "rename" })}>
            {passkeyWords.rename} <span class="unseen">{name}</span>
          </Button>
          <Button name="open-remove" look="danger" onPress={() => (opened.value = { id, act: "remove" })}>
            {passkeyWords.remove} <span class="unseen">{name}</span>
          </Button>
        </div>
      );
  }
}

function RenameForm({ id, name }: { id: string; name: string }) {
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const field =
      event.currentTarget instanceof HTMLFormElement ? event.currentTarget.elements.namedItem("name") : null;
    if (field instanceof HTMLInputElement && (await renamePasskey(id, field.value))) close();
  };
  return (
    <form onSubmit={(event) => void save(event)}>
      <label for="passkey-name">{passkeyWords.name}</label>
      <input id="passkey-name" name="name" defaultValue={name} maxLength={40} autocomplete="off" ref={takeFocus} />
      <div class="buttons">
        <Button name="rename-passkey" onPress={submit}>
          {passkeyWords.save}
        </Button>
        <Button name="keep-name" look="plain" onPress={close}>
          {passkeyWords.cancel}
        </Button>
      </div>
    </form>
  );
}

const submit = () => document.querySelector<HTMLInputElement>("#passkey-name")?.form?.requestSubmit();
const takeFocus = (field: HTMLInputElement | null): void => field?.focus();
