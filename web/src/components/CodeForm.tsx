import { canPaste, code, enterCode, needsLink, paste, submitCode } from "../renewal-model.ts";
import { isPlausibleCode } from "../code-model.ts";
import { renewalWords } from "../wording-renewal.ts";
import { Button } from "./Button.tsx";
import { focusSoon } from "../focus-soon.ts";

const pasteCode = async (): Promise<void> => {
  if (await paste(enterCode)) focusSoon("code");
};

/** One field: five boxes break pasting. No maxlength: it would cut a paste that carries spaces. */
export function CodeForm() {
  const ready = isPlausibleCode(code.value);
  return (
    <form
      class="code"
      onSubmit={(event) => {
        event.preventDefault();
        void submitCode();
      }}
    >
      {canPaste.value && (
        <Button name="paste" look={ready || needsLink.value ? "quiet" : "main"} onPress={pasteCode}>
          {renewalWords.paste}
        </Button>
      )}
      <label for="code">{renewalWords.code}</label>
      <input
        id="code"
        value={code.value}
        autocomplete="off"
        autocapitalize="characters"
        autocorrect="off"
        spellcheck={false}
        inputMode="text"
        enterkeyhint="done"
        data-1p-ignore
        data-lpignore="true"
        aria-describedby="code-hint"
        onInput={(event) => {
          const { inputType } = event as InputEvent;
          enterCode(event.currentTarget.value, inputType === "insertFromPaste");
          // The cleaned text may equal the old one; then nothing is drawn and the field would keep the stray character.
          event.currentTarget.value = code.value;
        }}
      />
      <p id="code-hint" class="note">
        {renewalWords.codeHint}
      </p>
      <Button name="complete" look={ready || !canPaste.value ? "main" : "quiet"} onPress={submitCode}>
        {renewalWords.submit}
      </Button>
    </form>
  );
}
