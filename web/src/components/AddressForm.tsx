import { isPlausibleAnswer, secondsLeft } from "../address-model.ts";
import { now } from "../clock.ts";
import { backAt, canPaste, code, enterAddress, needsLink, paste, submitAddress } from "../renewal-model.ts";
import { addressTimeLeft, renewalWords } from "../wording-renewal.ts";
import { Button } from "./Button.tsx";
import { focusSoon } from "../focus-soon.ts";

const pasteAddress = async (): Promise<void> => {
  if (await paste(enterAddress)) focusSoon("code");
};

/** A long text, taken as it is: its code tells capitals from small letters. */
export function AddressForm() {
  const ready = isPlausibleAnswer(code.value);
  const left = secondsLeft(backAt.value, now.value);
  return (
    <form
      class="code"
      onSubmit={(event) => {
        event.preventDefault();
        void submitAddress();
      }}
    >
      {left !== null && (
        <p class="hurry" role="timer" data-tone="due">
          {addressTimeLeft(left)}
        </p>
      )}
      {canPaste.value && (
        <Button name="paste" look={ready || needsLink.value ? "quiet" : "main"} onPress={pasteAddress}>
          {renewalWords.pasteAddress}
        </Button>
      )}
      <label for="code">{renewalWords.address}</label>
      <textarea
        id="code"
        rows={3}
        value={code.value}
        autocomplete="off"
        autocapitalize="none"
        autocorrect="off"
        spellcheck={false}
        inputMode="url"
        enterkeyhint="done"
        data-1p-ignore
        data-lpignore="true"
        aria-describedby="code-hint"
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          void submitAddress();
        }}
        onInput={(event) => {
          const { inputType } = event as InputEvent;
          enterAddress(event.currentTarget.value, inputType === "insertFromPaste");
        }}
      />
      <p id="code-hint" class="note">
        {renewalWords.addressHint}
      </p>
      <Button name="complete" look={ready || !canPaste.value ? "main" : "quiet"} onPress={submitAddress}>
        {renewalWords.submitAddress}
      </Button>
    </form>
  );
}
