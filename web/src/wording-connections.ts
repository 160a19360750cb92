// Every word about connections with keys of their own.
import type { OwnConnectionView } from "../../server/http/contract-connections.ts";

export const connectionWords = {
  title: "Connections",
  why: "Each has its own keys at its broker. Keys go in here and are never shown again.",
  add: "Add a connection",
  broker: "Broker",
  name: "Name",
  nameHint: "What tells it from your others, such as “Anna”.",
  key: "Consumer key",
  secret: "Consumer secret",
  schwabKey: "App key",
  schwabSecret: "App secret",
  redirect: "Callback address",
  redirectHint: "As registered with the app, byte for byte. Empty: this installation's own.",
  save: "Check and add",
  replace: "Replace keys",
  saveKeys: "Check and replace",
  replaceWhy: "A new secret for the same key keeps the token. A new key ends it, and you renew.",
  remove: "Remove",
  removeNow: "Remove it",
  keep: "Keep it",
  cancel: "Cancel",
};

/** In the order they are offered. */
export const brokerChoices = [
  { value: "etrade prod", words: "E*TRADE production" },
  { value: "etrade sandbox", words: "E*TRADE sandbox" },
  { value: "schwab prod", words: "Schwab production" },
] as const;

/** "Key ••••1234 · Anna's": whose keys they are and where they stand. */
export function keyNote({ keys, key, mine, owner }: OwnConnectionView): string {
  const whose = mine ? "yours" : `belongs to ${owner}`;
  switch (keys) {
    case "configured":
      return `Keys in the server's configuration · ${whose}`;
    case "entered":
      return key === null ? `Own keys · ${whose}` : `Key ${key} · ${whose}`;
    case "unreadable":
      return "Its keys can't be read any more, so it rests. Enter them again.";
  }
}

/** After it was added: what the broker said, and what comes next. */
export function addedSentence({ label, provider }: OwnConnectionView, proven: boolean): string {
  return proven
    ? `${label} is added: the broker took its keys. Go back and renew it.`
    : `${label} is added. ${provider === "schwab" ? "Schwab" : "The broker"} looks at keys only at a login: go back and renew it to find out.`;
}

export function replacedSentence({ label }: OwnConnectionView, tokenKept: boolean): string {
  return tokenKept
    ? `${label}: the keys are replaced.`
    : `${label}: the keys are replaced, and the token of the old key is over. Go back and renew it.`;
}

export function removedSentence(label: string, token: string | null): string {
  return `${label} is removed.${token === null ? "" : ` ${token}`}`;
}

export function removeQuestion(label: string): string {
  return `Remove ${label}? Its token is revoked where the broker does that, and its keys and tokens are destroyed. The journal stays.`;
}
