// Pure. Which connections somebody means by what they typed after a command.
import type { Connection } from "../domain/connection.ts";
import { connectionLabel } from "../domain/sentences.ts";

/** The one of that id; otherwise all whose id and label hold every word: "etrade", "schwab prod", "E*TRADE sandbox". */
export function namedConnections(all: readonly Connection[], typed: string): readonly Connection[] {
  const wanted = typed.trim().toLowerCase();
  const exact = all.filter(({ id }) => id.toLowerCase() === wanted);
  if (exact.length > 0) return exact;
  const words = lettersOf(wanted).split(" ").filter(Boolean);
  if (words.length === 0) return [];
  return all.filter((connection) => {
    const name = `${lettersOf(connection.id)} ${lettersOf(connectionLabel(connection))}`;
    return words.every((word) => name.includes(word));
  });
}

/** "E*TRADE production" and "etrade-prod" have "etrade" in common. */
function lettersOf(text: string): string {
  return text
    .toLowerCase()
    .replaceAll("*", "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
