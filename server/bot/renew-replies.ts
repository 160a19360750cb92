// The words of a renewal in the chat. Pure; no code and no token can come in here.
import type { Connection } from "../domain/connection.ts";
import type { Ceremony, PendingAuthorization } from "../domain/pending-authorization.ts";
import { connectionLabel, providerName } from "../domain/sentences.ts";
import { newYorkTime } from "../domain/time-words.ts";
import { callbackData } from "./callback-data.ts";
import type { BotEffect, BotMessage } from "./handlers.ts";

type Question = Pick<Extract<BotEffect, { do: "ask" }>, "text" | "entities" | "placeholder">;

/** More would not fit a phone. */
const choices = 8;

export const renewWords = {
  choose: "Which one?",
  noSuch: (typed: string) => `There is no connection "${typed.slice(0, 40)}" here. Which one?`,
  nothingNeeded: (all: readonly Connection[]) =>
    `Nothing needs you now. To log in anew all the same: ${all.map(({ id }) => `/renew ${id}`).join(" · ")}`,
  linkAbove: "The link is above; it still counts.",
  linkBelow: "Here is the link.",
  unknown: "There is no such connection here.",
  onlyLook: "You may look at this one, not renew it.",
  notNeeded: "It needs nothing now.",
  cancelled: "Given up.",
  cancelledWhere: "Given up. What was in place before is untouched; /renew starts anew.",
  nothingAwaited: "That looks like a code, but no renewal waits for one here, so I took it away. /renew starts one.",
  verifying: (label: string, broker: string) =>
    `⏳ ${label}: the code was right and the new token is safe, but ${broker} does not answer the proof yet. It is repeated by itself; you will hear.`,
};

export function firstLoginReply(label: string, pageUrl: string): string {
  return `${label}: its first login is made on the page, where a passkey confirms that these are the right accounts. After that you can renew it here.\n${pageUrl}`;
}

/** Why somebody who may see these can renew none. */
export function nothingToRenew(visible: readonly Connection[]): string {
  return visible.length === 0
    ? "No connection is yours or shared with you."
    : "You may look at these connections, not renew them. Their owner can change that.";
}

export function chooseReply(question: string, connections: readonly Connection[]): BotMessage {
  const buttons = connections
    .slice(0, choices)
    .map((connection) => [
      { label: connectionLabel(connection), data: callbackData({ kind: "renew", connection: connection.id }) },
    ]);
  return { text: question, buttons };
}

export function linkReply(
  connection: Connection,
  { id, authorizeUrl, expiresAt, ceremony }: PendingAuthorization,
  supersedes: boolean,
): BotMessage {
  const broker = providerName(connection);
  return {
    text: [
      `🔑 ${connectionLabel(connection)}`,
      `1. Log in at ${broker}: the link is good until ${newYorkTime(expiresAt, "minutes")} New York time.`,
      `2. ${bringIt(connection, ceremony)}`,
      ...(supersedes ? ["The link before this one no longer counts."] : []),
    ].join("\n"),
    action: { label: `Log in at ${broker}`, url: authorizeUrl },
    buttons: [[{ label: "Give up", data: callbackData({ kind: "cancel", id }) }]],
  };
}

function bringIt(connection: Connection, ceremony: Ceremony): string {
  if (connection.provider === "etrade" && ceremony === "verifier") return "Send me the code it shows at the end.";
  // The code in it lives for half a minute.
  return ceremony === "redirect"
    ? "It ends on Prebell's page: tap “Copy for the chat” there and paste it here at once."
    : "It ends on a page that does not load: copy its whole address and paste it here at once.";
}

export function codeRequest(connection: Connection, ceremony: Ceremony): Question {
  return connection.provider === "etrade" && ceremony === "verifier"
    ? { text: "The code, please. I take your message away as soon as I have it.", placeholder: "Code, such as MX9ES" }
    : {
        text: "The whole address, please. I take your message away as soon as I have it.",
        placeholder: "https://…?code=…",
      };
}
