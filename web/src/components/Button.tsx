import type { ComponentChildren } from "preact";
import { isUnderWay, troubleAt } from "../action-model.ts";

interface ButtonProps {
  /** The action this button starts; while it is under way the button keeps its label and its focus but does nothing. */
  name: string;
  look?: "main" | "quiet" | "plain" | "danger";
  onPress: () => unknown;
  children: ComponentChildren;
}

export function Button({ name, look = "quiet", onPress, children }: ButtonProps) {
  const busy = isUnderWay(name);
  return (
    <button type="button" class={`button ${look}`} aria-disabled={busy} onClick={() => busy || onPress()}>
      <span class="label">{children}</span>
    </button>
  );
}

/** The newest failure of the actions named `where`, beside them. */
export function Trouble({ where, after }: { where: string; after?: ComponentChildren }) {
  const sentence = troubleAt(where);
  return (
    <div role="alert">
      {sentence && (
        <p class="trouble">
          {sentence} {after}
        </p>
      )}
    </div>
  );
}
