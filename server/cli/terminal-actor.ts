// In whose name the journal has what is done at the terminal: whoever can use it is the machine's user of that name.
import { userInfo } from "node:os";
import type { Actor } from "../domain/journal.ts";

export function terminalActor(): Actor {
  return { personId: null, name: userName() ?? "somebody", door: "terminal" };
}

/** Null where the system knows its user by a number only, as containers do. */
function userName(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}
