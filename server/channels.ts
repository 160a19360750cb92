// How messages reach people, from the configuration: what sends to a channel, and the owner's channels where nobody has an
// account.
import { createNotifiers } from "./adapters/notifiers.ts";
import { telegramBot } from "./adapters/telegram-setup.ts";
import { vapidKeyName, vapidKeysFrom } from "./adapters/vapid-keys.ts";
import type { Config } from "./config.ts";
import { type Channel, parseChannel } from "./domain/channel.ts";
import type { Notifier } from "./ports.ts";
import type { Dependencies } from "./use-cases/dependencies.ts";

export interface Channels {
  notifierFor(channel: Channel): Notifier;
  /** The owner's, besides their chat; empty where none is set. */
  readonly configured: readonly Channel[];
  /** See `Dependencies`. */
  readonly answers: Dependencies["chatAnswers"];
  /** What browsers subscribe with; null where Web Push is not set up. */
  readonly webPushKey: string | null;
}

export interface ChannelSurroundings {
  /** The keyed hash of the installation, the same after a rotation. */
  readonly fingerprint: (text: string) => string;
  readonly pageUrl: string;
  /** Writes a block of text to the terminal. */
  readonly print: (text: string) => void;
}

export function createChannels(config: Config, { fingerprint, pageUrl, print }: ChannelSurroundings): Channels {
  const { smtp, vapid, vapidSubject: subject, ntfy, apiRoot, owner } = config.channels;
  const webPush =
    subject === null ? null : { ...(vapid ?? vapidKeysFrom(fingerprint(vapidKeyName))), subject, pageUrl };
  const named = [
    owner.emailTo === null ? null : { kind: "email", address: owner.emailTo },
    owner.ntfyTopic === null ? null : { kind: "ntfy", topic: owner.ntfyTopic.reveal() },
    owner.slackWebhookUrl === null ? null : { kind: "slack", webhookUrl: owner.slackWebhookUrl.reveal() },
    owner.discordWebhookUrl === null ? null : { kind: "discord", webhookUrl: owner.discordWebhookUrl.reveal() },
  ].filter((channel) => channel !== null);
  return {
    notifierFor: createNotifiers({ telegram: config.telegram, smtp, webPush, ntfy, apiRoot, print }),
    configured: named.map((channel) => parsed(channel, fingerprint)),
    answers: answersOf(config),
    webPushKey: webPush?.publicKey ?? null,
  };
}

/** Where Telegram has to be told where to deliver, it can be asked. */
function answersOf({ telegram, publicUrl }: Config): Channels["answers"] {
  if (telegram === null || telegram.webhookSecret === null) return null;
  const bot = telegramBot(telegram);
  return { webhook: () => bot.webhook(), publicUrl };
}

function parsed(given: object, fingerprint: (text: string) => string): Channel {
  const channel = parseChannel(given, fingerprint);
  // The configuration was read by the same rules.
  if ("fault" in channel) throw new Error(channel.fault);
  return channel;
}
