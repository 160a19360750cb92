// What setting up and examining a deployment takes from outside the core: the bot's own settings, the service's secrets.
import { openSecretManager } from "./adapters/secret-manager-client.ts";
import { type TelegramBot, telegramBot } from "./adapters/telegram-setup.ts";
import { botCommands } from "./bot/commands.ts";
import { updateKinds } from "./bot/receive-update.ts";
import type { GoogleConfig } from "./config.ts";
import { Secret } from "./domain/secret.ts";

export type { TelegramBot };

/** Null for Telegram itself. */
export function connectBot(botToken: Secret, apiRoot: string | null): TelegramBot {
  return telegramBot({ botToken, apiRoot });
}

/** Everything the bot answers to is delivered there; its commands are on the menu, and the page is under a button of its own. */
export async function connectChat(
  bot: TelegramBot,
  { url, secret, pageUrl }: { readonly url: string; readonly secret: Secret; readonly pageUrl: string },
): Promise<void> {
  await bot.deliverTo(url, secret, updateKinds);
  await bot.offerCommands(botCommands);
  await bot.offerMiniApp("Renew", `${pageUrl}/mini`);
}

/** The values of these versions, read as whoever is signed in; what has no value is left out. */
export async function readServiceSecrets(
  google: GoogleConfig,
  versions: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, Secret>> {
  const secrets = openSecretManager({ project: google.project, endpoint: google.secretManagerEndpoint });
  try {
    const found = await Promise.all(
      [...versions].map(async ([name, version]) => {
        const payload = (await secrets.access(name, version))?.payload?.trim() || null;
        return payload === null ? [] : [[name, new Secret(payload)] as const];
      }),
    );
    return new Map(found.flat());
  } finally {
    await secrets.close();
  }
}
