// Telegram passes what every channel has to.
import { telegramNotifier } from "../../server/adapters/telegram-notifier.ts";
import { Secret } from "../../server/domain/secret.ts";
import type { Delivered } from "../support/channel-server.ts";
import { startTelegramServer } from "../support/telegram-server.ts";
import { testNotifier } from "./notifier.contract.ts";

testNotifier(
  async () => {
    const telegram = await startTelegramServer();
    const { TELEGRAM_BOT_TOKEN: botToken, TELEGRAM_CHAT_ID: chatId, TELEGRAM_API_ROOT: apiRoot } = telegram.env;
    return {
      notifier: telegramNotifier({ botToken: new Secret(botToken), chatId, apiRoot }),
      standIn: {
        get delivered() {
          return telegram.messages.map(({ text, silent, button }): Delivered => {
            return { text, link: button === null ? null : { label: button.text, url: button.url }, loud: !silent };
          });
        },
        faults: telegram.faults,
        troubleNext(trouble) {
          telegram.troubleNext(trouble === "gone" ? 403 : trouble === "fault" ? 500 : trouble);
        },
      },
      secrets: { token: botToken },
    };
  },
  // Telegram's client has a patience of its own, longer than a test's.
  { channel: "telegram", troubles: ["gone", "fault", "busy", "drop"], saysWhen: true, hasSound: true },
);
