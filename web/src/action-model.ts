// One tap, one request: what is under way, and what went wrong where.
import { signal } from "@preact/signals";
import { ApiError } from "./api.ts";
import { failureSentence } from "./wording-failure.ts";

/** Names of the actions under way. */
const underWay = signal<readonly string[]>([]);

/** The newest failure, shown beside the control named `where`. */
export const trouble = signal<{ where: string; sentence: string } | null>(null);

export const isUnderWay = (name: string): boolean => underWay.value.includes(name);

export function troubleAt(where: string): string | null {
  return trouble.value?.where === where ? trouble.value.sentence : null;
}

/** Runs `act` unless the same action already runs. A failure is kept for the view; true if it went well. */
export async function perform(name: string, act: () => Promise<unknown>, where = name): Promise<boolean> {
  if (isUnderWay(name)) return false;
  underWay.value = [...underWay.value, name];
  if (trouble.value?.where === where) trouble.value = null;
  try {
    await act();
    return true;
  } catch (error) {
    trouble.value = { where, sentence: error instanceof ApiError ? error.message : failureSentence(-1) };
    return false;
  } finally {
    underWay.value = underWay.value.filter((other) => other !== name);
  }
}
