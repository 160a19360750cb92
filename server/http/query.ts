// Reads the query of a request.

/** The number, `absent` if there was none, undefined if it is not a whole number. */
export function wholeNumber(text: string | undefined, absent: number | null): number | null | undefined {
  if (text === undefined) return absent;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
