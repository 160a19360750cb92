import type { ComponentChildren } from "preact";

interface PanelProps {
  title: string;
  /** Where it lies in the two columns of a wide screen. */
  shape?: "narrow" | "tall" | "wide";
  children: ComponentChildren;
}

export function Panel({ title, shape = "narrow", children }: PanelProps) {
  return (
    <section class={`panel ${shape}`}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

interface FoldedPanelProps extends PanelProps {
  open?: boolean;
}

/** Closed until somebody wants it. */
export function FoldedPanel({ title, shape = "narrow", open = false, children }: FoldedPanelProps) {
  return (
    <details class={`panel ${shape}`} open={open}>
      <summary>
        <h2>{title}</h2>
      </summary>
      {children}
    </details>
  );
}
