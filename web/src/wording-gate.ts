// The words of the first file: before sign-in, while waiting, and in the ring. No broker is named here.
import type { Countdown, Face } from "./connection-model.ts";
import { spokenDuration } from "./countdown-model.ts";
import type { LastKnown } from "./last-known-model.ts";
import { marketTime } from "./time-model.ts";

export const gateWords = {
  privateTool: "Private tool",
  passkey: "Sign in with passkey",
  getLink: "Or print a one-time link:",
  linkCommand: "npm run prebell -- link",
  signIn: "Sign in on this device",
  accept: "Accept the invitation",
  newLink: "Print a new link:",
  waiting: "Prebell",
  unreachable: "Can’t reach the server",
  nothingKnown: "Nothing is known on this device yet.",
  partMissing: "Part of this page could not be loaded",
  retry: "Try again",
};

export const stateWords: Record<Face, string> = {
  active: "Active",
  due: "Renewal due",
  idle: "Idle",
  never: "Not connected yet",
  expired: "Expired",
  revoked: "Revoked",
  rejected: "Rejected by the broker",
  unknown: "Unknown",
  misconfigured: "Setup problem",
  authorizing: "Renewing",
};

export function countdownCaption({ kind }: Countdown): string {
  if (kind === "until-expiry") return "until it expires";
  if (kind === "until-login-ends") return "until the login ends";
  return kind === "until-open" ? "until the market opens" : "since the market opened";
}

/** The label of the ring. */
export function spokenCountdown(countdown: Countdown): string {
  return `${spokenDuration(countdown.ms)} ${countdownCaption(countdown)}`;
}

/** Shown before the server answers, hence by the device's own clock. */
export function lastKnownSentence({ word, fetchedAt }: LastKnown, now: number): string {
  return `${stateWords[word === "needs-authorization" ? "expired" : word]} as of ${marketTime(fetchedAt, now)}, when the server was last heard`;
}
