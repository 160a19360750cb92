// Pure. Somebody came in as a person, or was turned away: what that person reads of it afterwards.
import type { WebSession } from "./web-session.ts";

export type EntryRefusal =
  | "stale"
  | "opened-twice"
  | "wrong-number"
  | "not-me"
  | "too-many-wrong"
  | "wrong-passkey"
  | "copied-passkey"
  | "locked";

export interface Entry {
  readonly door: WebSession["door"];
  readonly outcome: "signed-in" | EntryRefusal;
  /** What the browser calls itself (domain/device.ts); null where that is not known. */
  readonly device: string | null;
}

const doorWords: Record<WebSession["door"], string> = {
  link: "a one-time link",
  passkey: "a passkey",
  telegram: "a hand-over from Telegram",
};

const refusalWords: Record<EntryRefusal, string> = {
  stale: "the Mini App was opened with data from too long ago",
  "opened-twice": "the Mini App was opened again with data that had been used",
  "wrong-number": "another number was tapped than the page showed",
  "not-me": "it was answered with “It wasn’t me”",
  "too-many-wrong": "three numbers were wrong within the hour",
  "wrong-passkey": "its answer did not hold",
  "copied-passkey": "it counts fewer uses than are known here, so somebody may have a copy of it",
  locked: "everything is locked",
};

/** For the journal, which names everybody: "Anna signed in with a passkey." */
export function entrySentence(name: string, { door, outcome }: Entry): string {
  return outcome === "signed-in"
    ? `${name} signed in with ${doorWords[door]}.`
    : `A sign-in as ${name} with ${doorWords[door]} was refused: ${refusalWords[outcome]}.`;
}

/** For that person's own chat. */
export function entryNote({ door, outcome, device }: Entry): string {
  const on = device === null ? "" : ` (${device})`;
  return outcome === "signed-in"
    ? `🔑 Signed in with ${doorWords[door]}${on}.`
    : `🚫 A sign-in with ${doorWords[door]}${on} was refused: ${refusalWords[outcome]}.`;
}
