// The words of the page inside Telegram. No broker is named here: the server names the connections.
import type { StatusView } from "../../server/http/contract.ts";

export const miniWords = {
  opening: "One moment …",
  elsewhere: "This page belongs in Telegram. Open it there, from the chat with your bot.",
  greeting: (person: string) => `Hello ${person}`,
  choose: "The renewal opens in your own browser.",
  nothing: "Nothing here is yours to renew.",
  locked: "Everything is locked. To unlock, open Prebell in your browser and sign in with a passkey.",
  opened: "Your browser opens. Go on there; you can close this.",
  stale: "These links lived two minutes. Close this and open it again from the chat.",
  failed: "Not possible now",
  renew: (label: string) => `Renew ${label}`,
  used: "Opened in your browser",
};

const words: Record<StatusView["word"], string> = {
  active: "Active",
  idle: "Idle",
  "needs-authorization": "Needs a login",
  unknown: "Unknown",
  misconfigured: "Setup problem",
  authorizing: "Renewal under way",
};

export function stateWord({ word }: StatusView): string {
  return words[word];
}
