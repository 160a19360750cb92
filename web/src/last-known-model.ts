// Pure. What the device may remember for the time without a connection: no account, no broker, no name.
import type { StatusWord } from "../../server/http/contract.ts";
import type { Countdown } from "./connection-model.ts";

export interface LastKnown {
  word: StatusWord;
  expiresAt: string | null;
  fetchedAt: string;
}

const words: readonly StatusWord[] = [
  "active",
  "idle",
  "needs-authorization",
  "unknown",
  "misconfigured",
  "authorizing",
];

/** Reads what was stored; null for anything that is not exactly that. */
export function parseLastKnown(text: string | null): LastKnown | null {
  try {
    const stored: Partial<LastKnown> | null = JSON.parse(text ?? "null");
    const word = words.find((known) => known === stored?.word);
    const { expiresAt = null, fetchedAt = "" } = stored ?? {};
    if (word === undefined || Number.isNaN(Date.parse(fetchedAt))) return null;
    return { word, expiresAt: Number.isNaN(Date.parse(String(expiresAt))) ? null : expiresAt, fetchedAt };
  } catch {
    return null; // Written by another version, or by hand.
  }
}

/** The ring without a server; null where nothing was running down. It starts full: how long the token lived is not kept. */
export function lastKnownCountdown({ expiresAt, fetchedAt }: LastKnown, now: number): Countdown | null {
  if (expiresAt === null) return null;
  const at = Date.parse(expiresAt);
  const ms = Math.max(0, at - now);
  return { kind: "until-expiry", at, ms, fraction: Math.min(1, ms / Math.max(1, at - Date.parse(fetchedAt))) };
}
