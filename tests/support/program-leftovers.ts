// Clears away what a test started: when the test ends, or, where a hook started it for the whole file, when the file ends.
import { onTestFinished } from "vitest";

const leftovers = new Set<() => Promise<void>>();

export async function clearEverything(): Promise<void> {
  await Promise.all([...leftovers].map((clear) => clear()));
}

export function clearAfterwards(clear: () => Promise<void> | void): void {
  const once = async () => {
    if (leftovers.delete(once)) await clear();
  };
  leftovers.add(once);
  try {
    onTestFinished(once);
  } catch {
    // In a hook there is no test to end with; clear-leftovers.ts does it at the file's end, a benchmark by itself.
  }
}
