// The bot and the chat it talks to, tried while they are asked for: a wrong token or number shows itself here, not at 08:30.
import { connectBot, type TelegramBot } from "../cloud-setup.ts";
import { variables } from "../config-variables.ts";
import { Secret } from "../domain/secret.ts";
import { DeliveryError } from "../ports.ts";
import { complain } from "./commands.ts";
import type { Dialogue } from "./setup-dialogue.ts";
import type { Checked } from "./setup-questions.ts";

export interface FoundBot {
  readonly bot: TelegramBot;
  /** "@prebell_bot" */
  readonly name: string;
}

const mostChatsOffered = 5;

/** The bot behind the token; null where none was given, and "refused" after saying why. */
export async function findBot(
  environment: Readonly<Record<string, string | undefined>>,
  dialogue: Dialogue | null,
): Promise<FoundBot | null | "refused"> {
  const apiRoot = environment["TELEGRAM_API_ROOT"]?.trim() || null;
  const given = environment["TELEGRAM_BOT_TOKEN"]?.trim() || null;
  if (given !== null) {
    const found = await tryToken(new Secret(given), apiRoot);
    if (typeof found !== "string") return found;
    complain(`TELEGRAM_BOT_TOKEN in the environment: ${found}`);
    return "refused";
  }
  if (dialogue === null) {
    complain("TELEGRAM_BOT_TOKEN is not set here, so bot and chat were not tried.");
    return null;
  }
  complain("\nTelegram bot token\n  From @BotFather. Not shown, kept nowhere; only tried. Empty: try it later.");
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asked until it works
    const token = await dialogue.askSecret("  token: ");
    if (token.reveal() === "") return null;
    // oxlint-disable-next-line no-await-in-loop
    const found = await tryToken(token, apiRoot);
    if (typeof found !== "string") return found;
    complain(`  ${found}`);
  }
}

/** The bot, or why the token is not taken. */
async function tryToken(token: Secret, apiRoot: string | null): Promise<FoundBot | string> {
  if (!variables.TELEGRAM_BOT_TOKEN.safeParse(token.reveal()).success)
    return "That is not a bot token. It is digits, a colon and letters, as @BotFather gave it.";
  const bot = connectBot(token, apiRoot);
  try {
    const name = await bot.name();
    complain(`  ${name} answers.`);
    return { bot, name };
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Why the bot can't write to the chat; null if it can. */
export async function chatFault({ bot }: FoundBot, chatId: string): Promise<string | null> {
  try {
    await bot.chatKind(chatId);
    return null;
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Typed, or found among those who wrote to the bot. */
export async function askForChat(
  dialogue: Dialogue,
  found: FoundBot | null,
  question: { readonly usual: string | null; readonly check: (text: string) => Checked },
): Promise<string> {
  const hint = question.usual ?? (found === null ? null : "Enter finds it");
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asked until it is a chat
    const typed = await dialogue.ask(`  chat-id${hint === null ? "" : ` [${hint}]`}: `);
    const text = typed || question.usual;
    // oxlint-disable-next-line no-await-in-loop
    const chatId = text || (found === null ? "" : await pickChat(dialogue, found));
    if (chatId === null) continue;
    const checked = question.check(chatId);
    // oxlint-disable-next-line no-await-in-loop
    const fault = "remedy" in checked ? checked.remedy : found === null ? null : await chatFault(found, chatId);
    if (fault === null) return chatId;
    complain(`  ${fault}`);
  }
}

/** Anybody may have written to the bot, so the person says which chat is theirs. */
async function pickChat(dialogue: Dialogue, { bot, name }: FoundBot): Promise<string | null> {
  await dialogue.ask(`  Send /start to ${name} from your phone, then press Enter here. `);
  try {
    const chats = await bot.recentChats();
    if (chats.length === 0) complain(`  Nobody has written to ${name} yet.`);
    for (const chat of chats.slice(0, mostChatsOffered))
      // oxlint-disable-next-line no-await-in-loop -- one question at a time
      if (await dialogue.confirm(`  Is "${chat.name}" (${chat.id}) you?`)) return chat.id;
  } catch (error) {
    complain(`  ${sentenceOf(error)}`);
  }
  return null;
}

function sentenceOf(error: unknown): string {
  if (error instanceof DeliveryError) return error.message;
  throw error;
}
