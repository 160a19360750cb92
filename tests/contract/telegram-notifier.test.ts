// Telegram passes what every channel has to.
import { expect, it } from "vitest";
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

it("a check says that the bot was blocked, and leaves nothing in the chat", async () => {
  const telegram = await startTelegramServer();
  const { TELEGRAM_BOT_TOKEN: botToken, TELEGRAM_CHAT_ID: chatId, TELEGRAM_API_ROOT: apiRoot } = telegram.env;
  const notifier = telegramNotifier({ botToken: new Secret(botToken), chatId, apiRoot });
  expect(await notifier.check()).toBe("@prebell_test_bot reaches the private chat.");
  telegram.user().block();
  await expect(notifier.check()).rejects.toMatchObject({
    permanent: true,
    message: expect.stringContaining("blocked"),
  });
  expect([telegram.user().messages, telegram.faults]).toEqual([[], []]);
});
