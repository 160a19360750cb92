import type { ComponentChildren } from "preact";
import { isUnderWay } from "../action-model.ts";

interface SwitchProps {
  /** The action this switch starts. */
  name: string;
  on: boolean;
  onPress: () => unknown;
  children: ComponentChildren;
}

/** Shows what is true at the server: it turns when the answer comes. */
export function Switch({ name, on, onPress, children }: SwitchProps) {
  const busy = isUnderWay(name);
  return (
    <button
      type="button"
      class="switch"
      role="switch"
      aria-checked={on}
      aria-disabled={busy}
      onClick={() => busy || onPress()}
    >
      <span>{children}</span>
      <i aria-hidden="true" />
    </button>
  );
}
