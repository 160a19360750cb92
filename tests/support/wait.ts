// The one way a test waits: look again and again until it is so, or fail by naming what never came.
import { setTimeout as pause } from "node:timers/promises";

const lookEveryMs = 10;
/** Giving up early makes nothing faster that works, and a busy machine is no fault. */
const patienceSeconds = 30;

/** The first answer of `look` that is neither false nor null nor undefined; `what` names it in the failure. */
export async function eventually<T>(
  what: string,
  look: () => T | Promise<T>,
  seconds = patienceSeconds,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- looking is the loop
    const seen = await look();
    if (isThere(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`Waited ${seconds} s in vain for ${what}.`);
    // oxlint-disable-next-line no-await-in-loop
    await pause(lookEveryMs);
  }
}

function isThere<T>(seen: T): seen is Exclude<T, false | null | undefined> {
  return seen !== false && seen !== null && seen !== undefined;
}
