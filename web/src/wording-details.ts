// Every word of the renewal and of the panels below the first screen.
import type {
  ClockworkView,
  ConnectionView,
  ConsumerView,
  KeepAliveReply,
  KeepAliveView,
  MessagesReply,
} from "../../server/http/contract.ts";
import type { Loop, LoopStep } from "./loop-model.ts";
import { dayName, marketTime, marketZone, timeWithSeconds } from "./time-model.ts";
import type { Mark } from "./timeline-model.ts";

export const renewalWords = {
  asking: "Asking the broker for a fresh request …",
  approve: "Log in at the broker and accept.",
  bringBack: "Then bring the code back here.",
  redirect: "Log in at the broker and accept. It sends you back here by itself.",
  codeInstead: "It shows a code instead",
  openAgain: "Open the broker page again",
  open: "Open broker page",
  paste: "Paste code",
  code: "Code from the broker",
  codeHint: "Letters and digits, usually five.",
  submit: "Submit code",
  startAgain: "Start again",
  cancel: "Cancel renewal",
  back: "Back to the overview",
  accountsTitle: "Are these your accounts?",
  accountsWhy: "The new token works and opens the accounts below. It is stored only if they are the right ones.",
  accept: "Yes, these are my accounts",
  discard: "No, discard",
  exchanging: "The broker has the code.",
  verifying: "The broker issued a token. Trying it with a real call before it is stored.",
  lapsed: "This request ran out of time. Brokers give five minutes or so.",
  untouched: "Your current token is untouched.",
};

export function renewalTitle(label: string): string {
  return `Renew ${label}`;
}

export function triesLeft(count: number): string {
  return `${count} ${count === 1 ? "try" : "tries"} left with this request.`;
}

export const timeLeft = (text: string): string => `${text} left for this request`;

export const panelTitles = {
  today: "Today",
  loop: "The loop",
  keepAlive: "Keep-alive",
  consumers: "Trading systems",
  messages: "Messages",
  journal: "Journal",
  proof: "Prove it",
  more: "More",
};

export const markWords: Record<Mark["kind"], string> = {
  "kept-alive": "kept alive",
  "keep-alive": "keep-alive",
  reminder: "reminder",
  open: "open",
  close: "close",
  expiry: "expires",
};

export const loopWords: Record<LoopStep["name"], string> = {
  authorized: "Authorized",
  verified: "Verified by a real call",
  stored: "Stored",
  announced: "Announced",
  running: "Trading system runs on",
};

export const panelWords = {
  noConnections: "No connection is set up yet.",
  noLoop: "No token yet. The first renewal starts the loop.",
  waiting: "waiting",
  lastCall: "Last call",
  nextCall: "Next call",
  failures: "Failures in a row",
  none: "none",
  notPlanned: "not planned",
  runNow: "Run now",
  runAll: "Run for all",
  noConsumers: "No trading system has reported yet.",
  noMessages: "No messages yet.",
  noJournal: "Nothing has happened yet.",
  older: "Older entries",
  proofWhy: "Read-only calls to the broker, made when you ask.",
  accounts: "Accounts",
  balances: "Balances",
  positions: "Positions",
  noAccounts: "No accounts.",
  noPositions: "No positions.",
  account: "Account",
  total: "Total",
  cash: "Cash",
  symbol: "Symbol",
  quantity: "Quantity",
  value: "Value",
  renewAnyway: "Renew anyway",
  revoke: "Revoke token …",
  signOut: "Sign out",
  keep: "Keep it",
};

export function elapsedSentence({ version, secondsFromTap }: Loop, day: string | null): string {
  return `v${version} · ${day === null ? "" : `${day} · `}${secondsFromTap} s from tap to stored`;
}

export function runsOn({ version, confirmedAt, current }: ConsumerView, stored: number | null, now: number): string {
  const since = `confirmed ${marketTime(confirmedAt, now)}`;
  return current || stored === null
    ? `runs on v${version}, ${since}`
    : `still on v${version} while v${stored} is stored, ${since}`;
}

export function messagesNote(channel: MessagesReply["channel"]): string {
  return channel === "telegram" ? "The same texts as in your chat." : "No chat is set up, so they are shown here only.";
}

export function messageState({ state, sentAt }: MessagesReply["messages"][number], now: number): string {
  if (state === "sent" && sentAt !== null) return `sent ${marketTime(sentAt, now)}`;
  return { waiting: "waiting to be sent", sending: "being sent", sent: "sent", dropped: "not sent, no longer true" }[
    state
  ];
}

const callWords: Record<string, string> = {
  "accounts-list": "account list",
  "access-token": "exchange of the code",
  "request-token": "new request",
  renew: "renewal",
};

export function lastCallText({ lastCallAt, lastCall }: KeepAliveView, now: number): string {
  if (lastCallAt === null) return panelWords.none;
  return `${marketTime(lastCallAt, now)}${lastCall ? `, ${callWords[lastCall] ?? lastCall}` : ""}`;
}

/** What a keep-alive by hand came to. */
export function keepAliveSentence({ outcome, keepAlive }: KeepAliveReply): string {
  switch (outcome) {
    case "ok":
      return "The broker answered. The token works.";
    case "revived":
      return "The token was asleep and is awake again.";
    case "failed":
      return keepAlive.lastFailure?.sentence ?? "The broker did not answer as expected. The token is untouched.";
    case "ended":
      return "The broker says that the token has ended. Only a login brings it back.";
    case "nothing-to-keep-alive":
      return "There is no token to keep alive. Renew first.";
    case "busy":
      return "Another call is under way. Try again in a moment.";
  }
}

export function revokeQuestion({ label }: ConnectionView): string {
  return `Revoke the token of ${label}?`;
}

export const revokeWarning =
  "The broker ends it at once and for good. Your trading system stops until you log in at the broker again.";

export const revokeYes = "Revoke now";

/** "Server last heard 9:01:12 AM · clockwork ran 9:00:03 AM" */
export function heardSentence(heardAt: number | null, clockwork: ClockworkView, now: number): string {
  const { lastTickAt, lastTickOk, lastMorningAlertAt } = clockwork;
  const parts = [
    ...(heardAt === null ? [] : [`Server last heard ${precisely(heardAt, now)}`]),
    lastTickAt === null
      ? "clockwork has not run yet"
      : `clockwork ran ${precisely(lastTickAt, now)}${lastTickOk === false ? ", with something left to try again" : ""}`,
    ...(lastMorningAlertAt === null ? [] : [`morning alert ran ${precisely(lastMorningAlertAt, now)}`]),
  ];
  return parts.join(" · ");
}

function precisely(at: string | number, now: number): string {
  const day = dayName(at, marketZone);
  return `${day === dayName(now, marketZone) ? "" : `${day}, `}${timeWithSeconds(at, marketZone)}`;
}

export const zoneNote = "Times are New York’s unless they say “your time”.";
