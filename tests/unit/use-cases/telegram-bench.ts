// A workbench with Telegram as a way in: real signatures, and chats that remember what was sent to whom.
import { telegramInitData } from "../../../server/adapters/telegram-init-data.ts";
import { messageFor } from "../../../server/bot/messages.ts";
import { parseCallbackData } from "../../../server/bot/callback-data.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { ChatMessage } from "../../../server/ports.ts";
import type { Dependencies } from "../../../server/use-cases/dependencies.ts";
import { aPerson } from "../../support/builders.ts";
import { inMemoryStores } from "../../support/fakes.ts";
import { botToken, ownerChat } from "../../support/init-data.ts";
import { aWorkbench, type Workbench } from "./workbench.ts";

export interface TelegramBench {
  readonly bench: Workbench;
  readonly deps: Dependencies;
  readonly chats: { readonly to: string; readonly message: ChatMessage }[];
  /** Thrown by the next sends. */
  readonly outages: Error[];
  /** What the newest question asks: its id and the numbers in it. */
  question(): { id: string; numbers: number[] };
  /** Everything journalled and noted about entries, oldest first. */
  entries(): Promise<string[]>;
}

/** Its owner has a chat with the bot. */
export function aTelegramBench(options: Parameters<typeof aWorkbench>[0] = {}): TelegramBench {
  const bench = aWorkbench({ stores: inMemoryStores([aPerson({ chatId: ownerChat })]), ...options });
  const chats: TelegramBench["chats"] = [];
  const outages: Error[] = [];
  const notifierFor: Dependencies["notifierFor"] = (channel) => ({
    channel: channel.kind,
    async send(message) {
      const outage = outages.shift();
      if (outage !== undefined) throw outage;
      chats.push({ to: channel.kind === "telegram" ? channel.chatId : channel.id, message });
      return "1";
    },
    check: async () => "It works.",
  });
  const readInitData = telegramInitData(new Secret(botToken));
  return {
    bench,
    deps: {
      ...bench.deps,
      readInitData,
      notifierFor,
      wording: (notice, context) => messageFor(notice, context, "https://page"),
    },
    chats,
    outages,
    question() {
      const taps = (chats.at(-1)?.message.buttons ?? []).flat().map(({ data }) => parseCallbackData(data));
      const matches = taps.filter((tap) => tap.kind === "match");
      return { id: matches[0]?.id ?? "", numbers: matches.flatMap(({ number }) => number ?? []) };
    },
    async entries() {
      const journal = (await bench.stores.records.journal(100)).map(({ kind, text }) => `${kind}: ${text}`);
      return journal.toReversed();
    },
  };
}
