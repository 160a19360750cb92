// The bot: hands one update to whoever answers it, and carries the answer out before it resolves.
import type { Bot, Context } from "grammy/web";
import type { Update, UserFromGetMe } from "grammy/types";
import type { Secret } from "../domain/secret.ts";
import type { Log } from "../ports.ts";
import { parseCallbackData } from "./callback-data.ts";
import { argumentsOf, commandOf } from "./commands.ts";
import { answerTap, carryOut, type Format } from "./effects.ts";
import type { BotEffect, BotHandlers, Sender } from "./handlers.ts";
import { brokenReply } from "./replies.ts";

export interface BotSettings {
  readonly botToken: Secret;
  /** Null for Telegram itself. */
  readonly apiRoot: string | null;
  readonly format: Format;
}

/** Resolves when the update was answered; rejects if that failed. Whose update it is was checked before. */
export type HandleUpdate = (update: Update) => Promise<void>;

const callTimeoutSeconds = 10;

export function createBot(handlers: BotHandlers, settings: BotSettings, log: Log): HandleUpdate {
  const { format } = settings;
  let connecting: Promise<Bot> | null = null;

  /** grammY is loaded at the first update, not at start. */
  async function connect(): Promise<Bot> {
    const grammy = await import("grammy/web");
    const bot = new grammy.Bot(settings.botToken.reveal(), {
      botInfo: botInfo(settings.botToken),
      client: {
        timeoutSeconds: callTimeoutSeconds,
        ...(settings.apiRoot === null ? {} : { apiRoot: settings.apiRoot }),
      },
    });
    bot.on("message:text", async (context) => {
      const { text, message_id: id, reply_to_message: asked } = context.message;
      const command = commandOf(text);
      const from = senderOf(context);
      const deciding =
        command === null
          ? handlers.text({ text, messageId: `${id}`, replyTo: asked ? `${asked.message_id}` : null }, from)
          : handlers.command(command, argumentsOf(text), from);
      const { effects, fault } = await decision(deciding, { do: "say", text: brokenReply });
      await carryOut(context, effects, format);
      if (fault !== null) throw fault.error;
    });
    bot.on("callback_query:data", async (context) => {
      const { data, message } = context.callbackQuery;
      const deciding = handlers.tap(
        parseCallbackData(data),
        senderOf(context),
        message ? `${message.message_id}` : null,
      );
      const { effects, fault } = await decision(deciding, { do: "toast", text: brokenReply });
      // Once and whatever happened: until then the button spins.
      await answerTap(context, effects, log);
      await carryOut(context, effects, format);
      if (fault !== null) throw fault.error;
    });
    bot.on("my_chat_member", async (context) => {
      const { status } = context.myChatMember.new_chat_member;
      if (status === "kicked") await handlers.blocked(senderOf(context));
      if (status === "member") await handlers.unblocked(senderOf(context));
    });
    return bot;
  }

  return async (update) => {
    connecting ??= connect();
    const bot = await connecting;
    await bot.handleUpdate(update);
  };
}

/** Where the work breaks off the person hears of it, and the fault is told after that. */
async function decision(
  deciding: Promise<readonly BotEffect[]>,
  apology: BotEffect,
): Promise<{ effects: readonly BotEffect[]; fault: { readonly error: unknown } | null }> {
  try {
    return { effects: await deciding, fault: null };
  } catch (error) {
    return { effects: [apology], fault: { error } };
  }
}

function senderOf({ from }: Context): Sender {
  return { chatId: String(from?.id ?? ""), firstName: from?.first_name ?? "" };
}

/** What getMe would say, without the call. The name is a placeholder: commands are read without it (commands.ts). */
function botInfo(botToken: Secret): UserFromGetMe {
  return {
    id: Number(botToken.reveal().split(":")[0]),
    is_bot: true,
    first_name: "Prebell",
    username: "prebell_bot",
    can_join_groups: false,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
    has_topics_enabled: false,
    allows_users_to_create_topics: false,
    can_manage_bots: false,
    supports_join_request_queries: false,
  };
}
