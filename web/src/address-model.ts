// Pure. The address of a page that could not be opened: the broker's code is in it, and lives thirty seconds.

/** From the broker's "accepted" to the code's end, as every user of it reports. */
const codeLivesMs = 30_000;

/** Looks like enough of an answer to make sending it the main button; whether it is one, the server decides. */
export function isPlausibleAnswer(text: string): boolean {
  return text.trim().length >= 8;
}

/** Whether a text is surely the address, so that a paste may be sent without another tap: seconds count. */
export function isCodeAddress(text: string): boolean {
  return /^https:\/\/\S+[?&]code=\S+$/.test(text.trim());
}

/**
 * At most so many seconds are left once the person is back from the broker; they accepted before that. Null while they have
 * not come back.
 */
export function secondsLeft(backAt: number | null, now: number): number | null {
  return backAt === null ? null : Math.max(0, Math.ceil((backAt + codeLivesMs - now) / 1000));
}
