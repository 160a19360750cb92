// One message through a morning, in the words that Prebell uses, for the README's picture: each time as it reads at that moment.
import { telegramMessage } from "../../server/adapters/telegram-message.ts";
import { messageFor } from "../../server/bot/messages.ts";
import {
  type Connection,
  type ConnectionIdentity,
  type CurrentToken,
  newConnection,
} from "../../server/domain/connection.ts";
import type { Hold } from "../../server/domain/hold.ts";
import type { Notice } from "../../server/domain/notice.ts";
import { etradePolicy } from "../../server/domain/provider-policy.ts";
import { statusOf } from "../../server/domain/status.ts";
import type { Confirmation } from "../../server/ports.ts";
import { aPerson, aToken } from "./builders.ts";
import type { PicturedMessage } from "./chat-picture.ts";

const pageUrl = "https://prebell.example";
const prod: ConnectionIdentity = { id: "etrade-prod", provider: "etrade", environment: "prod" };
const identities = new Map([[prod.id, prod]]);

/** Wednesday 9 June 2027, before the open in New York. */
const at = (time: string) =>
  Temporal.PlainDateTime.from(`2027-06-09T${time}`).toZonedDateTime("America/New_York").toInstant();

const reminder = (slot: 60 | 30): Notice => ({
  kind: "renewal-required",
  tradingDay: "2027-06-09",
  slot,
  connections: ["etrade-prod"],
});
const confirmed = { connectionId: "etrade-prod", consumer: "opening-range-bot", version: 214, at: at("09:02:14") };
const onIt: Hold = { kind: "on-it", tradingDay: "2027-06-09", setAt: at("09:00:30"), untilAt: at("09:10:30") };

export const chatSamples: readonly PicturedMessage[] = [
  told("08:30", reminder(60), { token: tokenOf("2027-06-08T08:41:00", 213) }),
  told("09:00", reminder(30), { token: tokenOf("2027-06-08T08:41:00", 213), seenAt: "09:01", hold: onIt }),
  told("09:00", reminder(30), {
    token: tokenOf("2027-06-09T09:02:10", 214),
    seenAt: "09:02:30",
    edits: 3,
    confirmations: [confirmed],
  }),
];

interface Told {
  readonly token: CurrentToken;
  readonly seenAt?: string;
  readonly edits?: number;
  readonly hold?: Hold;
  readonly confirmations?: readonly Confirmation[];
}

/** As it reads at `seenAt`, or when it is told. */
function told(time: string, notice: Notice, { token, seenAt = time, edits = 0, hold, confirmations = [] }: Told) {
  const now = at(seenAt);
  const lastSuccess = { at: token.issuedAt, call: "accounts-list" } as const;
  const connection: Connection = { ...newConnection(prod), token, lastSuccess };
  const status = statusOf(connection, null, etradePolicy(), now);
  const known = {
    identities,
    statuses: new Map([[prod.id, status]]),
    connections: new Map([[prod.id, connection]]),
    confirmations,
  };
  const message = messageFor(notice, { now, ...known, reader: aPerson({ hold: hold ?? null }) }, pageUrl);
  const { text, entities = [], reply_markup: markup } = telegramMessage(message);
  const buttons = markup?.inline_keyboard ?? [];
  return { by: "bot" as const, at: at(time), text, entities, buttons, silent: message.silent, edits, seenAt: now };
}

function tokenOf(newYork: string, version: number): CurrentToken {
  const issuedAt = Temporal.PlainDateTime.from(newYork).toZonedDateTime("America/New_York").toInstant();
  return { ...aToken(), version, issuedAt, verifiedAt: issuedAt, storedAt: issuedAt };
}
