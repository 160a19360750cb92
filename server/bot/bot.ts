// The bot: takes one update from the owner's private chat, does what it says, and answers before it resolves.
import type { Bot } from "grammy/web";
import type { Update, UserFromGetMe } from "grammy/types";
import type { ConnectionIdentity } from "../domain/connection.ts";
import type { Secret } from "../domain/secret.ts";
import { deliverEvents } from "../use-cases/deliver-events.ts";
import { deliverMessages } from "../use-cases/deliver-messages.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import { keepAliveConnection, type KeepAliveOutcome } from "../use-cases/keep-alive-connection.ts";
import { readOverview } from "../use-cases/overview.ts";
import { commandOf } from "./commands.ts";
import { helpReply, keepAliveReply, statusReply } from "./replies.ts";

export interface BotSettings {
  readonly botToken: Secret;
  /** Null for Telegram itself. */
  readonly apiRoot: string | null;
  readonly pageUrl: string;
}

/** Resolves when the update was answered; rejects if that failed. Whose update it is was checked before. */
export type HandleUpdate = (update: Update) => Promise<void>;

const callTimeoutSeconds = 10;

export function createBot(deps: Dependencies, settings: BotSettings): HandleUpdate {
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
      await context.reply(await answer(deps, settings.pageUrl, context.message.text), {
        protect_content: true,
        link_preview_options: { is_disabled: true },
      });
    });
    return bot;
  }

  return async (update) => {
    connecting ??= connect();
    const bot = await connecting;
    await bot.handleUpdate(update);
  };
}

async function answer(deps: Dependencies, pageUrl: string, text: string): Promise<string> {
  switch (commandOf(text)) {
    case "status":
      return statusReply(await readOverview(deps), pageUrl);
    case "keepalive":
      return keepAliveReply(await keepAliveAll(deps));
    case "start":
    case "help":
    case null:
      return helpReply(pageUrl);
  }
}

async function keepAliveAll(
  deps: Dependencies,
): Promise<readonly (readonly [ConnectionIdentity, KeepAliveOutcome | "broke-off"])[]> {
  // Delivered here and not behind our back: after the answer there may be no processor.
  const work = { ...deps, nudge: () => {} };
  const outcomes = await Promise.all(
    [...deps.providers.values()].map(async ({ identity }) => {
      try {
        return [identity, await keepAliveConnection(work, identity.id, { force: true })] as const;
      } catch (error) {
        deps.log.error("keep-alive-failed", { connection: identity.id, error });
        return [identity, "broke-off"] as const;
      }
    }),
  );
  await Promise.all([deliverMessages(deps), deliverEvents(deps)]);
  return outcomes;
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
