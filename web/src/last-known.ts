// The device's memory for the time without a connection. Private modes refuse storage; then there simply is none.
import { parseLastKnown, type LastKnown } from "./last-known-model.ts";

const key = "last-known";

export function rememberLastKnown(known: LastKnown): void {
  attempt(() => localStorage.setItem(key, JSON.stringify(known)));
}

export function recallLastKnown(): LastKnown | null {
  return parseLastKnown(attempt(() => localStorage.getItem(key)) ?? null);
}

export function forgetLastKnown(): void {
  attempt(() => localStorage.removeItem(key));
}

function attempt<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
