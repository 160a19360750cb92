// Every word of the panels below the first screen.
import type {
  ClockworkView,
  ConnectionView,
  ConsumerView,
  JournalReply,
  KeepAliveReply,
  KeepAliveView,
  MessagesReply,
} from "../../server/http/contract.ts";
import type { Access } from "./access-model.ts";
import type { Loop, LoopStep } from "./loop-model.ts";
import { secondsText } from "./seconds-model.ts";
import { dayName, marketTime, marketZone, timeWithSeconds } from "./time-model.ts";
import type { Mark } from "./timeline-model.ts";

/** "Access token: 21 min, refreshes by itself" */
export function accessSentence({ ms, bySelf }: Access): string {
  if (ms === 0) return "Access token: lapsed, refreshed on demand";
  const minutes = Math.floor(ms / 60_000);
  const left = minutes === 0 ? "less than a minute" : `${minutes} min`;
  return `Access token: ${left}, ${bySelf ? "refreshes by itself" : "then refreshed on demand"}`;
}

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

const markWords: Record<Mark["kind"], string> = {
  "kept-alive": "kept alive",
  "keep-alive": "keep-alive",
  reminder: "reminder",
  open: "open",
  close: "close",
  expiry: "expires",
};

const refreshMarkWords: Partial<Record<Mark["kind"], string>> = {
  "kept-alive": "refreshed",
  "keep-alive": "refresh",
  expiry: "login ends",
};

/** `refreshed`: keep-alive means a new access token there. */
export function markWord(kind: Mark["kind"], refreshed: boolean): string {
  return (refreshed ? refreshMarkWords[kind] : null) ?? markWords[kind];
}

export const loopWords: Record<LoopStep["name"], string> = {
  authorized: "Authorized",
  refreshed: "Refreshed and stored",
  verified: "Verified by a real call",
  stored: "Stored",
  announced: "Announced",
  running: "Trading system runs on",
};

type Actor = NonNullable<JournalReply["entries"][number]["by"]>;

const doorWords: Record<Actor["door"], string> = {
  link: "one-time link",
  passkey: "passkey",
  telegram: "Telegram",
  chat: "chat",
  terminal: "terminal",
  program: "API token",
};

/** "Anna, passkey" */
export function actorWords({ name, door }: Actor): string {
  return `${name}, ${doorWords[door]}`;
}

export const panelWords = {
  noConnections: "No connection is set up yet.",
  noLoop: "No token yet. The first renewal starts the loop.",
  waiting: "waiting",
  lastCall: "Last call",
  nextCall: "Next call",
  refreshed: "Refreshed",
  nextRefresh: "Next refresh",
  onDemand: "or earlier, on demand",
  neverRefreshed: "not yet, the login’s own",
  refreshNow: "Refresh now",
  failures: "Failures in a row",
  none: "none",
  notPlanned: "not planned",
  runNow: "Run now",
  runAll: "Run for all",
  noConsumers: "No trading system has reported yet.",
  noMessages: "No messages yet.",
  noJournal: "Nothing has happened yet.",
  older: "Older entries",
  proofWhy: "Read-only calls to the broker, made when you ask. Nothing of it is kept.",
  renewed: "Renewed just now. See what the new token opens:",
  hide: "Hide",
  accounts: "Accounts",
  balances: "Balances",
  positions: "Positions",
  noAccounts: "No accounts.",
  noPositions: "No positions.",
  total: "Total",
  cash: "Cash",
  buyingPower: "Buying power",
  symbol: "Symbol",
  value: "Value",
  renew: "Renew",
  revoke: "Revoke token …",
  forget: "Forget this login here …",
  signOut: "Sign out",
  keep: "Keep it",
};

export function elapsedSentence({ version, secondsFromTap }: Loop, day: string | null): string {
  const how = secondsFromTap === null ? "refreshed, no tap needed" : `${secondsFromTap} s from tap to stored`;
  return `v${version} · ${day === null ? "" : `${day} · `}${how}`;
}

export function runsOn({ version, confirmedAt, current }: ConsumerView, stored: number | null, now: number): string {
  const since = `confirmed ${marketTime(confirmedAt, now)}`;
  return current || stored === null
    ? `runs on v${version}, ${since}`
    : `still on v${version} while v${stored} is stored, ${since}`;
}

export function messagesNote(channel: MessagesReply["channel"]): string {
  return channel === "panel"
    ? "No channel is set up, so they are shown here only. Settings add one."
    : "To you, with the same texts as by your channels.";
}

type MessageView = MessagesReply["messages"][number];

/** "8:30 AM ET, to Owner by Telegram chat ••21 in 1.2 s" */
export function messageState({ state, sentAt, to, channel, seconds }: MessageView, now: number): string {
  if (state === "dropped") return "not sent, no longer true";
  if (state === "sent" && sentAt !== null) {
    const way = channel === null ? "" : ` by ${channel}`;
    return `${marketTime(sentAt, now)}, to ${to}${way}${seconds === null ? "" : ` in ${secondsText(seconds)}`}`;
  }
  const next = channel === null ? "" : `, next by ${channel}`;
  return `${state === "sending" ? "being sent" : "waiting to be sent"} to ${to}${next}`;
}

/** One line for each failed way in, the same failure said once: "3 times by Telegram chat ••21, last 8:30 AM ET: …" */
export function failedTries({ tries }: Pick<MessageView, "tries">, now: number): string[] {
  const failed = tries.filter(({ failure }) => failure !== null);
  const alike = Map.groupBy(failed, ({ channel, failure }) => `${channel} ${failure}`);
  return [...alike.values()].flatMap((each) => {
    const last = each.at(-1);
    if (last === undefined) return [];
    const count = each.length === 1 ? "Failed" : `Failed ${each.length} times`;
    return [
      `${count} by ${last.channel}, ${each.length === 1 ? "" : "last "}${marketTime(last.at, now)}: ${last.failure}`,
    ];
  });
}

const callWords: Record<string, string> = {
  "accounts-list": "account list",
  "access-token": "exchange of the code",
  "request-token": "new request",
  renew: "renewal",
  refresh: "refresh",
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
    case "refreshed":
      return "The broker gave a new access token, and it works.";
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

/** What somebody else's connection lets the reader do; null where it is their own. */
export function sharedSentence({ role, ownerName }: ConnectionView): string | null {
  if (role === "owner") return null;
  return role === "renewer"
    ? `${ownerName}’s connection. You may renew it; accounts and balances stay with ${ownerName}.`
    : `${ownerName}’s connection. You may look at it; ${ownerName} can let you renew it.`;
}

interface RevokeWords {
  question: string;
  warning: string;
  yes: string;
}

export function revokeWords({ label, revocable }: ConnectionView): RevokeWords {
  return revocable
    ? {
        question: `Revoke the token of ${label}?`,
        warning:
          "The broker ends it at once and for good. Your trading system stops until you log in at the broker again.",
        yes: "Revoke now",
      }
    : {
        question: `Forget the login of ${label} here?`,
        warning:
          "It is used here no more, and your trading system gets no fresh tokens until you log in again. The broker itself has no way to revoke a login except a password reset: do that too if somebody else may have it.",
        yes: "Forget it here",
      };
}

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
