// Pure. From Telegram to the browser: how long each step holds, the number to be matched, and how many wrong ones are enough.

/** OWASP ASVS 6.5.5 allows ten minutes; a tap that opens a browser needs seconds. */
export const handOverLife = Temporal.Duration.from({ seconds: 120 });
/** From the number on the page to the tap in the chat, and from there back to the page. */
export const matchLife = Temporal.Duration.from({ seconds: 120 });

const lowestNumber = 10;
/** Two digits, so that none stands out. */
export const numberCount = 90;
const offeredNumbers = 3;

/** The number the page shows, and the three the chat offers, that one among them. `below`: a whole number from 0 to its argument − 1. */
export function drawNumbers(below: (count: number) => number): { shown: number; offered: readonly number[] } {
  const left = Array.from({ length: numberCount }, (_, index) => lowestNumber + index);
  const offered = Array.from({ length: offeredNumbers }, () => left.splice(below(left.length), 1)[0] ?? lowestNumber);
  const shown = offered[below(offeredNumbers)] ?? lowestNumber;
  return { shown, offered };
}

/** So many wrong numbers within the hour, and no other is shown for an hour: somebody taps without looking. */
export const mostWrong = 3;
const bucketMinutes = 10;
const bucketsInAnHour = 6;

/** The claims that the wrong numbers of the last hour have taken, and that the next one takes one of. */
export function wrongClaims(personId: string, machineNow: Temporal.Instant): { known: string[]; next: string[] } {
  const current = Math.floor(machineNow.epochMilliseconds / (bucketMinutes * 60_000));
  const claims = (bucket: number) =>
    Array.from({ length: mostWrong }, (_, index) => `wrong-number/${personId}/${bucket}/${index + 1}`);
  // One more than six: the oldest is only partly within the hour, and counted whole.
  const buckets = Array.from({ length: bucketsInAnHour + 1 }, (_, age) => current - age);
  return { known: buckets.flatMap(claims), next: claims(current) };
}
