// Pure. Text with its parts marked, by their place in it: what a channel can't show stays readable as it is.
import type { TextEntity } from "../ports.ts";

export type Part =
  | string
  | { readonly bold: string }
  /** `text` is for who can't show a countdown to `at`. */
  | { readonly countdown: Temporal.Instant; readonly text: string };

export interface RichText {
  readonly text: string;
  /** Absent where nothing is marked. */
  readonly entities?: readonly TextEntity[];
}

/** Lines of parts, joined. */
export function richText(lines: readonly (readonly Part[])[]): RichText {
  let text = "";
  const entities: TextEntity[] = [];
  for (const [index, line] of lines.entries()) {
    if (index > 0) text += "\n";
    for (const part of line) {
      if (typeof part === "string") {
        text += part;
        continue;
      }
      const words = "bold" in part ? part.bold : part.text;
      const place = { offset: text.length, length: words.length };
      entities.push("bold" in part ? { kind: "bold", ...place } : { kind: "countdown", ...place, at: part.countdown });
      text += words;
    }
  }
  return entities.length === 0 ? { text } : { text, entities };
}
