// `prebell setup google --finish`: what is left once the program runs in the cloud, and the look at whether it does.
import { existsSync, readFileSync } from "node:fs";
import { connectBot, connectChat, readServiceSecrets } from "../cloud-setup.ts";
import type { Prebell } from "../composition.ts";
import { type Config, readConfig } from "../config.ts";
import { DeliveryError } from "../ports.ts";
import { complain, print } from "./commands.ts";
import { examineCommand } from "./doctor-command.ts";
import { parseStackFile, secretVersionIn, valueIn } from "./setup-stack-file.ts";
import { finishCommand } from "./setup-plan.ts";
import { webhookRule } from "./setup-questions.ts";
import { sh } from "./setup-shell.ts";

export interface FinishRequest {
  readonly stack: string;
  readonly stackPath: string;
  /** Where Telegram shall deliver; null to leave it where it is. */
  readonly webhookUrl: string | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly open: (config: Config) => Promise<Prebell>;
}

/** A laptop's own settings must not colour what is said of the service; these only lead to it, in tests and unusual networks. */
const waysThere = [
  "SECRET_MANAGER_ENDPOINT",
  "FIRESTORE_EMULATOR_HOST",
  "PUBSUB_EMULATOR_HOST",
  "TELEGRAM_API_ROOT",
  "ETRADE_OAUTH_URL",
  "ETRADE_AUTHORIZE_URL",
  "ETRADE_PROD_API_URL",
  "ETRADE_SANDBOX_API_URL",
  "SCHWAB_OAUTH_URL",
  "SCHWAB_API_URL",
];
const needed = ["TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"];
const useful = ["API_TOKEN", "HEARTBEAT_URL"];

/** Resolves with the exit code. */
export async function finishSetup(request: FinishRequest): Promise<number> {
  const settings = readSettings(request);
  if (settings === null) return 1;
  const environment = {
    ...Object.fromEntries(waysThere.map((name) => [name, request.environment[name]])),
    STORAGE: "google",
    GOOGLE_CLOUD_PROJECT: settings.project,
    PUBLIC_URL: settings.publicUrl,
    // As infra/services.ts has it: only where it is set are the app's keys looked for.
    ...(settings.schwab ? { SCHWAB_REDIRECT_URI: `${settings.publicUrl}/callback/schwab` } : {}),
  };
  const { google } = readConfig(environment);
  if (google === null) return 1;
  const secrets = await readServiceSecrets(
    google,
    new Map([...needed, ...useful].map((name) => [name, settings.versionOf(name)])),
  );
  const missing = needed.filter((name) => !secrets.has(name));
  if (missing.length > 0) {
    complain(
      `${missing.map((name) => `${name} (version ${settings.versionOf(name)})`).join(" and ")} ${missing.length === 1 ? "has" : "have"} no value in Secret Manager of project ${settings.project}. The steps that npm run prebell -- setup google prints add them.`,
    );
    return 1;
  }
  const config = readConfig({
    ...environment,
    TELEGRAM_CHAT_ID: settings.chatId,
    ...Object.fromEntries([...secrets].map(([name, secret]) => [name, secret.reveal()])),
  });
  const told = await tellTelegram(config, request.webhookUrl, settings.stack);
  print("");
  const verdict = await examineAll(config, request.open);
  if (told && verdict === 0) print(farewell(settings));
  else complain("\nSomething is left to mend; each line above says what helps. Then run this again.");
  return told ? verdict : 1;
}

interface Settings {
  readonly stack: string;
  /** Which version of a secret the services read. */
  readonly versionOf: (name: string) => number;
  readonly project: string;
  readonly publicUrl: string;
  readonly chatId: string;
  readonly schwab: boolean;
}

function readSettings({ stack, stackPath: path }: FinishRequest): Settings | null {
  if (!existsSync(path)) {
    complain(`There is no ${path}: first run npm run prebell -- setup google, and the steps that it prints.`);
    return null;
  }
  const file = parseStackFile(readFileSync(path, "utf8"));
  const [project, publicUrl, chatId] = ["gcp:project", "prebell:publicUrl", "prebell:telegramChatId"].map((key) =>
    valueIn(file, key),
  );
  if (!project || !publicUrl || !chatId) {
    complain(
      `${path} lacks the project, the page's address or the chat. npm run prebell -- setup google completes it.`,
    );
    return null;
  }
  const schwab = valueIn(file, "prebell:schwab") === "true";
  return { stack, project, publicUrl, chatId, schwab, versionOf: (name) => secretVersionIn(file, name) };
}

/** Whether Telegram now delivers to us, by its own account. */
async function tellTelegram({ telegram, publicUrl }: Config, wished: string | null, stack: string): Promise<boolean> {
  if (telegram === null || telegram.webhookSecret === null || publicUrl === null) return false;
  const bot = connectBot(telegram.botToken, telegram.apiRoot);
  try {
    const name = await bot.name();
    const url = wished ?? (await bot.webhook()).url;
    if (!webhookRule.test(url)) {
      complain(`${name} was never told where to deliver. Run: ${finishCommand(stack)}`);
      return false;
    }
    await connectChat(bot, { url, secret: telegram.webhookSecret, pageUrl: publicUrl });
    const webhook = await bot.webhook();
    if (webhook.url !== url) {
      complain(`Telegram says that it delivers ${name} to ${webhook.url || "nowhere"}, not to ${url}. Run this again.`);
      return false;
    }
    print(`${name} delivers to ${url}; its command menu and its Renew button are set.`);
    return true;
  } catch (error) {
    if (!(error instanceof DeliveryError)) throw error;
    complain(`The bot could not be set up. ${error.message}`);
    return false;
  }
}

async function examineAll(config: Config, open: FinishRequest["open"]): Promise<number> {
  const prebell = await open(config);
  try {
    return await examineCommand(prebell.deps, config);
  } finally {
    await prebell.settled();
    await prebell.close();
  }
}

function farewell({ project, publicUrl }: Settings): string {
  return [
    "",
    "Prebell is up. Sign in on the phone with a link, good once for ten minutes:",
    "",
    sh`STORAGE=google GOOGLE_CLOUD_PROJECT=${project} PUBLIC_URL=${publicUrl} npm run prebell -- link`,
  ].join("\n");
}
