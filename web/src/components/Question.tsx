import { signal } from "@preact/signals";
import { Button, Trouble } from "./Button.tsx";

interface QuestionProps {
  /** The action that a yes starts. */
  name: string;
  ask: string;
  question: string;
  no: string;
  yes: string;
  onYes: () => Promise<boolean>;
}

/** The one that is open; the others wait. */
const open = signal<string | null>(null);
const close = () => (open.value = null);

/** A button whose tap asks once more, where it stands. */
export function Question({ name, ask, question, no, yes, onYes }: QuestionProps) {
  if (open.value !== name)
    return (
      <>
        <Trouble where={name} />
        <Button name={`ask ${name}`} look="danger" onPress={() => (open.value = name)}>
          {ask}
        </Button>
      </>
    );
  return (
    <div class="question" role="group" aria-label={question}>
      <p>{question}</p>
      <Trouble where={name} />
      <div class="buttons">
        <Button name={`keep ${name}`} look="main" onPress={close}>
          {no}
        </Button>
        <Button name={name} look="danger" onPress={async () => (await onYes()) && close()}>
          {yes}
        </Button>
      </div>
    </div>
  );
}
