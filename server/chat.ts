// The chat with the bot, wired: what is written and tapped there, however it comes in, is answered here.
import { telegramMessage } from "./adapters/telegram-message.ts";
import { botAnswers } from "./bot/answers.ts";
import { createBot } from "./bot/bot.ts";
import { receiveUpdate, type ReceiveUpdate } from "./bot/receive-update.ts";
import type { Config } from "./config.ts";
import { personOfChat } from "./domain/person.ts";
import type { Dependencies } from "./use-cases/dependencies.ts";

export function openChat(
  deps: Dependencies,
  telegram: NonNullable<Config["telegram"]>,
  pageUrl: string,
): ReceiveUpdate {
  const bot = createBot(botAnswers(deps, pageUrl), { ...telegram, format: telegramMessage }, deps.log);
  // Anybody may write to a bot; answered is who is on the list.
  return receiveUpdate(deps, bot, async ({ chatId }) => personOfChat(await deps.records.people(), chatId) !== null);
}
