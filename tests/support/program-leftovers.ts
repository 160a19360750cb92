// Clears away what a test started: when the test ends, or, where a hook started it for the whole file, when the file ends.
import { afterAll, onTestFinished } from "vitest";

const leftovers = new Set<() => Promise<void>>();

afterAll(async () => {
  await Promise.all([...leftovers].map((clear) => clear()));
});

export function clearAfterwards(clear: () => Promise<void> | void): void {
  const once = async () => {
    if (leftovers.delete(once)) await clear();
  };
  leftovers.add(once);
  try {
    onTestFinished(once);
  } catch {
    // In a hook there is no test to end with; the file's end does it.
  }
}
