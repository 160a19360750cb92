// A chat with the bot as people have it: the strict Bot API in between, stores in memory and scripted brokers behind it.
import type { Update } from "grammy/types";
import { telegramNotifier } from "../../../server/adapters/telegram-notifier.ts";
import type { ReceiveUpdate } from "../../../server/bot/receive-update.ts";
import { messageFor } from "../../../server/bot/messages.ts";
import { openChat } from "../../../server/chat.ts";
import type { Connection } from "../../../server/domain/connection.ts";
import type { Person } from "../../../server/domain/person.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { Dependencies } from "../../../server/use-cases/dependencies.ts";
import { deliverMessages } from "../../../server/use-cases/deliver-messages.ts";
import { runTick } from "../../../server/use-cases/run-tick.ts";
import { aConnection, aPerson, aToken, at } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { askTelegram } from "../../support/telegram-ends.ts";
import { startTelegramServer, type TelegramServer } from "../../support/telegram-server.ts";
import type { TelegramUser } from "../../support/telegram-user.ts";
import { aWorkbench, identityOf, pin, type Workbench } from "../use-cases/workbench.ts";

export const pageUrl = "https://prebell.example";
export const sandbox = "etrade-sandbox";

export interface ChatBench {
  readonly bench: Workbench;
  readonly deps: Dependencies;
  readonly telegram: TelegramServer;
  /** The owner of everything, unless said otherwise. */
  readonly me: TelegramUser;
  /** Has the program take what was written and tapped so far, and deliver what that set going. */
  readonly bring: () => Promise<void>;
  /** One tick at this New York time of Tuesday 10 March 2026. */
  readonly tickAt: (time: string) => Promise<void>;
  readonly setTo: (time: string) => void;
  /** What the bot says now, oldest first. */
  texts(user?: TelegramUser): readonly string[];
  lastText(user?: TelegramUser): string;
  labels(user?: TelegramUser): readonly string[];
  /** What reached people by other channels: the channel's id and the text. */
  readonly elsewhere: readonly (readonly [string, string])[];
}

/** The token died at midnight. `issuedAt` alive: today. */
export function aDeadConnection(id = "etrade-prod", overrides: Partial<Connection> = {}): Connection {
  const issuedAt = at("2026-03-09T12:30:00Z");
  const fingerprint = pin.fingerprint.replace("prod", identityOf(id).environment);
  const token = aToken({ startedAt: issuedAt, issuedAt, verifiedAt: issuedAt, storedAt: issuedAt });
  return {
    ...aConnection({ token, pin: { ...pin, fingerprint }, lastSuccess: { at: issuedAt, call: "accounts-list" } }),
    ...identityOf(id),
    ...overrides,
  };
}

/** At 08:30 in New York, on a morning that needs every connection. */
export async function aChatBench(
  options: { readonly people?: readonly Person[]; readonly connections?: readonly Connection[] } = {},
): Promise<ChatBench> {
  const telegram = await startTelegramServer();
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot, TELEGRAM_CHAT_ID: chatId } = telegram.env;
  const people = options.people ?? [aPerson({ chatId })];
  const connections = options.connections ?? [aDeadConnection()];
  const stores = inMemoryStores(people);
  const bench = aWorkbench({ ids: connections.map(({ id }) => id), stores });
  for (const connection of connections)
    // oxlint-disable-next-line no-await-in-loop -- a fixture
    await bench.have(connection);
  const elsewhere: [string, string][] = [];
  const access = { botToken: new Secret(token), apiRoot };
  const deps: Dependencies = {
    ...bench.deps,
    notifierFor: (channel) =>
      channel.kind === "telegram"
        ? telegramNotifier({ ...access, chatId: channel.chatId })
        : {
            channel: channel.kind,
            async send({ text }) {
              elsewhere.push([channel.id, text]);
              return null;
            },
            check: async () => "It works.",
          },
    wording: (notice, context) => messageFor(notice, context, pageUrl),
  };
  const receive: ReceiveUpdate = openChat(deps, { ...access, chatId, webhookSecret: null }, pageUrl);
  const me = telegram.user();

  const texts = (user = me) => user.messages.filter(({ by }) => by === "bot").map(({ text }) => text);
  const setTo = (time: string) => {
    bench.now = Temporal.PlainDateTime.from(`2026-03-10T${time}`).toZonedDateTime("America/New_York").toInstant();
  };
  return {
    bench,
    deps,
    telegram,
    me,
    elsewhere,
    async bring() {
      const updates = (await askTelegram<Update[]>(telegram, "getUpdates", {})).result ?? [];
      // oxlint-disable-next-line no-await-in-loop -- as Telegram brings them
      for (const update of updates) await receive(update);
      await askTelegram(telegram, "getUpdates", { offset: (updates.at(-1)?.update_id ?? 0) + 1 });
      await deliverMessages(deps);
    },
    async tickAt(time) {
      setTo(time);
      await runTick(deps);
    },
    setTo,
    texts,
    lastText: (user = me) => texts(user).at(-1) ?? "",
    labels: (user = me) =>
      (user.messages.findLast(({ by }) => by === "bot")?.buttons ?? []).flat().map(({ text }) => text),
  };
}
