// Every word about people, sharing and programs' tokens.
import type { ApiTokenView, MeReply, PersonView, RoleName, ScopeName } from "../../server/http/contract.ts";
import { marketTime } from "./time-model.ts";

export const peopleWords = {
  you: "You",
  people: "People",
  programs: "Programs",
  signOutEverywhere: "Sign out everywhere",
  alone: "Nobody else yet. Whoever you invite sees nothing until you share a connection with them.",
  whyShare: "What you share with them:",
  nothingToShare: "You have no connection to share yet.",
  role: "Role",
  makeOwner: "Make an owner …",
  makeOwnerNow: "Make an owner",
  leave: "Leave it",
  rename: "Change your name",
  newName: "Your name",
  save: "Save",
  remove: "Remove …",
  removeNow: "Remove now",
  keep: "Keep them",
  inviteTitle: "Invite somebody",
  name: "Name",
  invite: "Make an invitation",
  copy: "Copy",
  copied: "Copied",
  whyPrograms:
    "A trading system identifies itself with a token of its own. It can do what is ticked, and no more than you.",
  noPrograms: "No program has a token yet.",
  makeTitle: "Make a token",
  tokenName: "Program’s name",
  nameHint: "Letters, digits, dots, hyphens and underscores.",
  scopes: "It may",
  connections: "For",
  all: "everything I see, also later",
  expires: "Good for",
  make: "Make the token",
  replace: "Replace",
  revoke: "Revoke …",
  revokeNow: "Revoke now",
  keepToken: "Keep it",
  once: "Shown this once. Give it to the program now; only its fingerprint is kept.",
  configured: "Stands in the configuration and is changed there.",
};

export const roleWords: Record<RoleName, string> = { owner: "Owner", renewer: "Renewer", viewer: "Viewer" };

export const roleNotes: Record<RoleName, string> = {
  owner: "has connections of their own, invites people, gives programs tokens",
  renewer: "renews what is shared with them; sees no accounts",
  viewer: "sees the state of what is shared with them",
};

export const scopeWords: Record<ScopeName, string> = {
  status: "read the state",
  events: "follow events",
  confirm: "confirm the version it runs on",
  keepalive: "run keep-alives",
  cron: "run the clockwork",
  token: "fetch the broker’s tokens",
};

/** In the order in which they are offered: the harmless ones first. */
export const offeredScopes: readonly ScopeName[] = ["status", "events", "confirm", "keepalive", "cron", "token"];

const doorWords: Record<MeReply["session"]["door"], string> = {
  link: "a one-time link",
  passkey: "a passkey",
  telegram: "a hand-over from Telegram",
};

/** "Signed in with a passkey, until 8:30 PM ET at the latest." */
export function sessionSentence({ session }: MeReply, now: number): string {
  return `Signed in with ${doorWords[session.door]}, until ${marketTime(session.expiresAt, now)} at the latest.`;
}

/** "Renewer · 2 passkeys · Telegram" */
export function personNote({ role, passkeys, telegram, locked }: PersonView): string {
  const parts = [
    roleWords[role],
    passkeys === 0 ? "no passkey yet" : passkeys === 1 ? "1 passkey" : `${passkeys} passkeys`,
    ...(telegram ? ["Telegram"] : []),
    ...(locked ? ["locked"] : []),
  ];
  return parts.join(" · ");
}

export function inviteSentence(name: string, expiresAt: string, now: number): string {
  return `Send this to ${name} and nobody else. It works once, until ${marketTime(expiresAt, now)}.`;
}

export function removeQuestion({ name }: PersonView): string {
  return `Remove ${name}? They are signed out at once, and nothing is shared with them any more.`;
}

export function ownerQuestion({ name }: PersonView): string {
  return `Make ${name} an owner? They can then invite and remove people, and have connections of their own. What is yours stays yours.`;
}

export function revokeQuestion(name: string): string {
  return `Revoke the token of ${name}? The program is turned away at once.`;
}

/** "read the state, follow events · E*TRADE production · until Thu, Feb 18, 9:31 AM ET" */
export function tokenNote(
  { scopes, connections, expiresAt }: ApiTokenView,
  labelOf: (id: string) => string,
  now: number,
): string {
  const parts = [
    offeredScopes
      .filter((scope) => scopes.includes(scope))
      .map((scope) => scopeWords[scope])
      .join(", "),
    connections === null ? "all connections" : connections.map(labelOf).join(", "),
    ...(expiresAt === null ? [] : [`until ${marketTime(expiresAt, now)}`]),
  ];
  return parts.join(" · ");
}

export function replacedSentence(until: string, now: number): string {
  return `The one before is good until ${marketTime(until, now)}.`;
}

export const lifetimes: readonly { days: number | null; words: string }[] = [
  { days: null, words: "until I revoke it" },
  { days: 365, words: "a year" },
  { days: 90, words: "90 days" },
  { days: 30, words: "30 days" },
];
