// Which adapter reaches a channel, and what is missing where none is set up.
import type { Channel } from "../domain/channel.ts";
import type { Secret } from "../domain/secret.ts";
import { type ChannelKind, DeliveryError, type Notifier } from "../ports.ts";
import { discordNotifier } from "./discord-notifier.ts";
import { emailNotifier, type SmtpSettings } from "./email-notifier.ts";
import { ntfyNotifier } from "./ntfy-notifier.ts";
import { panelNotifier } from "./panel-notifier.ts";
import { slackNotifier } from "./slack-notifier.ts";
import type { TelegramAccess } from "./telegram-api.ts";
import { telegramNotifier } from "./telegram-notifier.ts";
import { webPushNotifier, type WebPushSettings } from "./web-push-notifier.ts";

/** What the operator set up, for everybody's channels; null where they did not. */
export interface NotifierSettings {
  readonly telegram: TelegramAccess | null;
  readonly smtp: SmtpSettings | null;
  readonly webPush: Omit<WebPushSettings, "apiRoot"> | null;
  /** The operator's server, and the token for it. */
  readonly ntfy: { readonly url: string; readonly token: Secret | null };
  /** For tests: a server that stands in for Slack, Discord and the push services. */
  readonly apiRoot: string | null;
  /** Writes a block of text to the terminal. */
  readonly print: (text: string) => void;
}

export function createNotifiers(settings: NotifierSettings): (channel: Channel) => Notifier {
  const { telegram, smtp, webPush, ntfy, apiRoot, print } = settings;
  return (channel) => {
    switch (channel.kind) {
      case "panel":
        return panelNotifier(print);
      case "telegram":
        return telegram === null
          ? missing("telegram", "Telegram is not set up; set TELEGRAM_BOT_TOKEN.")
          : telegramNotifier({ ...telegram, chatId: channel.chatId });
      case "email":
        return smtp === null
          ? missing("email", "E-mail is not set up; set SMTP_URL and SMTP_FROM.")
          : emailNotifier(smtp, channel.address);
      case "web-push":
        return webPush === null
          ? missing("web-push", "Web Push is not set up; set VAPID_SUBJECT.")
          : webPushNotifier({ ...webPush, apiRoot }, channel);
      case "ntfy": {
        // The operator's token is for the operator's server, and what they named they may have in their own network.
        const own = channel.server === null || channel.server === ntfy.url;
        return own
          ? ntfyNotifier({ ...ntfy, trusted: true }, channel.topic)
          : ntfyNotifier({ url: channel.server, token: null, trusted: false }, channel.topic);
      }
      case "slack":
        return slackNotifier({ apiRoot }, channel.webhookUrl);
      case "discord":
        return discordNotifier({ apiRoot }, channel.webhookUrl);
    }
  };
}

/** Stands where a channel can't be reached at all, and says what would change that. */
function missing(channel: ChannelKind, sentence: string): Notifier {
  const refuse = () => Promise.reject(new DeliveryError(sentence, { permanent: true }));
  return { channel, send: refuse, check: refuse };
}
