// Pure. The code a broker shows: five characters in practice, samples go up to seven; brackets, spaces and dashes get copied along.

/** Only what a code is made of, in the case brokers print it. */
export function cleanCode(text: string): string {
  return text.replaceAll(/[^a-z0-9]/gi, "").toUpperCase();
}

export function isPlausibleCode(code: string): boolean {
  return /^[A-Z0-9]{4,10}$/.test(code);
}

/** Whether a paste is so surely the code that it may be sent without another tap. */
export function isExactCode(code: string): boolean {
  return /^[A-Z0-9]{5}$/.test(code);
}

/** Whether what lies in the clipboard, unasked, looks like a code: exactly as printed, nothing around it. */
export function codeInClipboard(text: string): string | null {
  const trimmed = text.trim();
  return /^[A-Z0-9]{5,6}$/.test(trimmed) ? trimmed : null;
}
