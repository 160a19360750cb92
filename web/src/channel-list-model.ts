// Pure. Another order of channels, and a topic that nobody guesses.

/** The same list where there is no room to move. */
export function moved(ids: readonly string[], id: string, by: -1 | 1): string[] {
  const from = ids.indexOf(id);
  const to = from + by;
  if (from === -1 || to < 0 || to >= ids.length) return [...ids];
  const rest = ids.filter((each) => each !== id);
  return [...rest.slice(0, to), id, ...rest.slice(to)];
}

const letters = "abcdefghjkmnpqrstuvwxyz23456789";

/** A topic nobody guesses: 16 letters that can't be misread, some 79 bits. `random`: 64 bytes. */
export function proposedTopic(random: Uint8Array): string {
  // Without the bytes that would favour the first letters.
  const fair = [...random].filter((byte) => byte < 256 - (256 % letters.length)).slice(0, 16);
  return `prebell-${fair.map((byte) => letters[byte % letters.length]).join("")}`;
}
