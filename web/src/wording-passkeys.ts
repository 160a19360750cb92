// Every word about passkeys.
import type { PasskeyView } from "../../server/http/contract.ts";
import { marketTime } from "./time-model.ts";

export const passkeyWords = {
  title: "Passkeys",
  why: "A passkey signs you in with your face, finger or screen lock. Keep two: one may get lost with its device.",
  none: "You have none yet. Until then only a one-time link from the server’s own terminal signs you in.",
  add: "Add a passkey",
  rename: "Rename",
  remove: "Remove …",
  name: "Name of this passkey",
  save: "Save",
  cancel: "Cancel",
  keep: "Keep it",
  removeNow: "Remove now",
  offer: "Add a passkey: next time it takes one tap.",
  later: "Not now",
  locked: "Everything is locked: nothing is renewed until your passkey unlocks it.",
  unlock: "Unlock with passkey",
};

export function removeQuestion({ name }: PasskeyView, isLast: boolean): string {
  const ends = `Remove “${name}”? Sign-ins on your other devices end with it.`;
  return isLast
    ? `${ends} It is your last one: then only a one-time link from the server’s own terminal is left.`
    : ends;
}

/** "Used today, 8:31 AM · kept on all your devices" */
export function passkeyNote({ createdAt, lastUsedAt, backedUp }: PasskeyView, now: number): string {
  const used =
    lastUsedAt === null ? `Added ${marketTime(createdAt, now)}, not used yet` : `Used ${marketTime(lastUsedAt, now)}`;
  return `${used} · ${backedUp ? "synchronised between devices" : "on one device only"}`;
}
