// Pure. Commands that a person pastes into a shell: whatever is put into them stays the one word it was meant to be.

/** The text as one word of sh, bash or zsh, bare where nothing in it means anything to a shell. */
export function shellWord(text: string): string {
  if (/^[\w@%+:,./-][\w@%+:,./=-]*$/.test(text)) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command with its variable parts quoted; a list becomes that many words. */
export function sh(text: TemplateStringsArray, ...parts: readonly (string | readonly string[])[]): string {
  return text.reduce((command, fixed, index) => {
    const part = parts[index - 1] ?? "";
    return `${command}${typeof part === "string" ? shellWord(part) : part.map(shellWord).join(" ")}${fixed}`;
  });
}
