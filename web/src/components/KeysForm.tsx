// The fields that keys are entered in. Nothing of them is drawn from memory: what was typed is read once, sent and wiped.
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { OwnConnectionView } from "../../../server/http/contract-connections.ts";
import { addConnection, open, place, replaceKeys } from "../own-connections-model.ts";
import { brokerChoices, connectionWords } from "../wording-connections.ts";
import { Button, Trouble } from "./Button.tsx";

type BrokerChoice = (typeof brokerChoices)[number]["value"];
const broker = signal<BrokerChoice>("etrade prod");

export function AddForm() {
  const chosen = broker.value;
  const [provider, environment] = chosen.split(" ");
  return (
    <Form
      action="add-connection"
      label={connectionWords.save}
      send={({ name, ...keys }) => addConnection({ provider, environment, name, ...keys })}
    >
      <label for="own-broker">{connectionWords.broker}</label>
      <select
        id="own-broker"
        value={chosen}
        ref={takeFocus}
        onChange={({ currentTarget }) => {
          const found = brokerChoices.find(({ value }) => value === currentTarget.value);
          if (found !== undefined) broker.value = found.value;
        }}
      >
        {brokerChoices.map(({ value, words }) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      <label for="own-name">{connectionWords.name}</label>
      <input id="own-name" name="name" maxLength={30} autocomplete="off" required aria-describedby="own-name-hint" />
      <p id="own-name-hint" class="note">
        {connectionWords.nameHint}
      </p>
      <KeyFields provider={provider === "schwab" ? "schwab" : "etrade"} />
    </Form>
  );
}

export function KeysForm({ connection }: { connection: OwnConnectionView }) {
  return (
    <Form action="replace-keys" label={connectionWords.saveKeys} send={(keys) => replaceKeys(connection.id, keys)}>
      <p class="note">{connectionWords.replaceWhy}</p>
      <KeyFields provider={connection.provider} />
    </Form>
  );
}

function KeyFields({ provider }: Pick<OwnConnectionView, "provider">) {
  const isSchwab = provider === "schwab";
  return (
    <>
      <SecretField name="consumerKey" label={isSchwab ? connectionWords.schwabKey : connectionWords.key} />
      <SecretField name="consumerSecret" label={isSchwab ? connectionWords.schwabSecret : connectionWords.secret} />
      {isSchwab && (
        <>
          <label for="own-redirectUri">{connectionWords.redirect}</label>
          <input
            id="own-redirectUri"
            name="redirectUri"
            inputMode="url"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            aria-describedby="own-redirect-hint"
          />
          <p id="own-redirect-hint" class="note">
            {connectionWords.redirectHint}
          </p>
        </>
      )}
    </>
  );
}

/** Hidden like a password, and none of a password manager's business. */
function SecretField({ name, label }: { name: string; label: string }) {
  return (
    <>
      <label for={`own-${name}`}>{label}</label>
      <input
        id={`own-${name}`}
        name={name}
        type="password"
        required
        autocomplete="off"
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        data-1p-ignore
        data-lpignore="true"
      />
    </>
  );
}

interface FormProps {
  /** The action that it starts. */
  action: string;
  label: string;
  send: (fields: Record<string, string>) => Promise<boolean>;
  children: ComponentChildren;
}

function Form({ action, label, send, children }: FormProps) {
  return (
    <form
      id={formId}
      class="keys"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void sendFields(event.currentTarget, send);
      }}
    >
      {children}
      <Trouble where={place} />
      <div class="stack">
        <Button name={action} look="main" onPress={submit}>
          {label}
        </Button>
        <Button name="close-form" look="plain" onPress={() => open(null)}>
          {connectionWords.cancel}
        </Button>
      </div>
    </form>
  );
}

const formId = "own-keys";

/** By the form's own way, so that the browser names a field that was left empty. */
const submit = () => document.querySelector<HTMLFormElement>(`#${formId}`)?.requestSubmit();

async function sendFields(form: HTMLFormElement, send: FormProps["send"]): Promise<void> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields[name] = value;
  // What was refused stays, to be mended; what was taken has to be nowhere any more.
  if (await send(fields)) form.reset();
}

const takeFocus = (field: HTMLElement | null): void => field?.focus();
