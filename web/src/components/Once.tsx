import { signal } from "@preact/signals";
import { peopleWords } from "../wording-people.ts";
import { Button } from "./Button.tsx";

const copied = signal<string | null>(null);

/** A secret that is shown this once, to be copied. */
export function Once({ secret, note }: { secret: string; note: string }) {
  const copy = async (): Promise<void> => {
    // Refused by the browser, the text still stands there to be marked by hand.
    await navigator.clipboard.writeText(secret).then(
      () => (copied.value = secret),
      () => {},
    );
  };
  return (
    <div class="once" role="status">
      <p>{note}</p>
      <code>{secret}</code>
      <Button name="copy" look="main" onPress={copy}>
        {copied.value === secret ? peopleWords.copied : peopleWords.copy}
      </Button>
    </div>
  );
}
