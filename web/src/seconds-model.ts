// Pure. How long something took, in words. Apart from the other times, which the first screen needs already.
/** "0.4 s", "12 s", "3 min" */
export function secondsText(seconds: number): string {
  if (seconds < 10) return `${Math.max(seconds, 0.1).toFixed(1)} s`;
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
