// A morning in the chat, in the words that Prebell uses, for the README's picture.
import { telegramMessage } from "../../server/adapters/telegram-message.ts";
import { messageFor } from "../../server/bot/messages.ts";
import type { ConnectionIdentity } from "../../server/domain/connection.ts";
import type { Notice } from "../../server/domain/notice.ts";
import type { PicturedMessage } from "./chat-picture.ts";

const pageUrl = "https://prebell.example";
const identities = new Map<string, ConnectionIdentity>([
  ["etrade-prod", { id: "etrade-prod", provider: "etrade", environment: "prod" }],
  ["schwab-prod", { id: "schwab-prod", provider: "schwab", environment: "prod" }],
]);

/** Wednesday 9 June 2027, before the open in New York. */
const at = (time: string) =>
  Temporal.PlainDateTime.from(`2027-06-09T${time}`).toZonedDateTime("America/New_York").toInstant();
export const samplesSeenAt = at("09:03");

export const chatSamples: readonly PicturedMessage[] = [
  told("08:30", { kind: "renewal-required", tradingDay: "2027-06-09", slot: 60, connections: ["etrade-prod"] }),
  told("09:00", { kind: "renewal-required", tradingDay: "2027-06-09", slot: 30, connections: ["etrade-prod"] }),
  told("09:02", { kind: "renewed", connection: "etrade-prod", version: 214 }),
];

function told(time: string, notice: Notice): PicturedMessage {
  const message = messageFor(notice, { now: at(time), identities, statuses: new Map() }, pageUrl);
  const { text, entities = [], reply_markup: markup } = telegramMessage(message);
  const buttons = markup?.inline_keyboard ?? [];
  return { by: "bot", at: at(time), text, entities, buttons, silent: message.silent, edits: 0 };
}
