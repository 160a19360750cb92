// How we measure: the two sides in turn, A B A B, so that whatever else the machine does meets both; then medians.

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
}

export interface Pair {
  readonly ours: number;
  readonly bare: number;
}

/** Medians of `rounds` rounds, after one that does not count. */
export async function interleaved(
  rounds: number,
  ours: () => Promise<number>,
  bare: () => Promise<number>,
): Promise<Pair> {
  const [oursMeasured, bareMeasured]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other is the point
    const [a, b] = [await ours(), await bare()];
    if (round === 0) continue;
    oursMeasured.push(a);
    bareMeasured.push(b);
  }
  return { ours: median(oursMeasured), bare: median(bareMeasured) };
}

/** Milliseconds until `work` is done. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
