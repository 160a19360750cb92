import { describe, expect, it } from "vitest";
import { telegramNotifier } from "../../../server/adapters/telegram-notifier.ts";
import { Secret } from "../../../server/domain/secret.ts";
import { type ChatMessage, DeliveryError } from "../../../server/ports.ts";
import { startTelegramServer, type Trouble } from "../../support/telegram-server.ts";

async function openChat(overrides: { botToken?: string; chatId?: string } = {}) {
  const telegram = await startTelegramServer();
  const notifier = telegramNotifier({
    botToken: new Secret(overrides.botToken ?? telegram.env.TELEGRAM_BOT_TOKEN),
    chatId: overrides.chatId ?? telegram.env.TELEGRAM_CHAT_ID,
    apiRoot: telegram.env.TELEGRAM_API_ROOT,
  });
  return { telegram, notifier };
}

const renew = (url: string): ChatMessage => ({
  text: "Renewal required.",
  action: { label: "Renew", url },
  silent: false,
});

/** The error of a delivery that has to fail. */
async function refusalOf(sending: Promise<unknown>): Promise<DeliveryError> {
  const error: unknown = await sending.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DeliveryError)) throw new Error("It was delivered, or failed in another way.");
  return error;
}

describe("telegramNotifier", () => {
  it.each(["https://prebell.example", "https://prebell.web.app/x?y=1", "https://a.b.example:8443"])(
    "puts %s under a button",
    async (url) => {
      const { telegram, notifier } = await openChat();
      await notifier.send(renew(url));
      const href = telegram.messages[0]?.button?.url;
      expect(telegram.messages).toEqual([
        { text: "Renewal required.", silent: false, button: { text: "Renew", url: href } },
      ]);
      expect(href).toContain(url);
    },
  );

  it.each([
    "http://127.0.0.1:8080",
    "http://localhost:8080",
    "http://[::1]:8080",
    "https://localhost",
    "https://192.168.1.20",
    "https://[2001:db8::1]",
    "https://prebell",
    "http://prebell.example",
  ])("writes %s into the text, since Telegram would refuse or distrust the button", async (url) => {
    const { telegram, notifier } = await openChat();
    await notifier.send(renew(url));
    expect(telegram.messages).toEqual([{ text: `Renewal required.\n\nRenew: ${url}`, silent: false, button: null }]);
    expect(telegram.faults).toEqual([]);
  });

  it("sends without sound, preview or forwarding, and without a button where there is nothing to do", async () => {
    const { telegram, notifier } = await openChat();
    await notifier.send({ text: "✅ renewed *really* <b>", action: null, silent: true });
    expect(JSON.parse(telegram.received[0]?.split(" ").slice(1).join(" ") ?? "")).toEqual({
      chat_id: "7654321",
      text: "✅ renewed *really* <b>",
      disable_notification: true,
      protect_content: true,
      link_preview_options: { is_disabled: true },
    });
  });

  it.each<[string, Trouble, string, number | null]>([
    ["too many messages", { retryAfter: 17 }, "Telegram refused: 429 Too Many Requests: retry after 17.", 17],
    ["a blocked bot", 403, "Open the bot in Telegram and press Start.", null],
    ["a fault at Telegram", 500, "It is tried again.", null],
    ["a cut connection", "drop", "Telegram can't be reached.", null],
  ])("tells %s from the others", async (_what, trouble, sentence, retryAfterSeconds) => {
    const { telegram, notifier } = await openChat();
    telegram.troubleNext(trouble);
    const error = await refusalOf(notifier.send(renew("https://prebell.example")));
    expect(error.message).toContain(sentence);
    expect(error.retryAfterSeconds).toBe(retryAfterSeconds);
  });

  it("names the variable that is wrong", async () => {
    const stranger = await openChat({ botToken: "110201543:AAcanaryCanaryCanaryCanaryCanaryCana" });
    const unauthorized = await refusalOf(stranger.notifier.send(renew("https://prebell.example")));
    expect(unauthorized.message).toContain("Check TELEGRAM_BOT_TOKEN.");
    const lost = await openChat({ chatId: "1" });
    expect((await refusalOf(lost.notifier.send(renew("https://prebell.example")))).message).toContain(
      "Check TELEGRAM_CHAT_ID.",
    );
  });

  it("keeps the token out of its errors, whatever they carry", async () => {
    const { telegram, notifier } = await openChat();
    for (const trouble of [500, "drop", 403] as const) {
      telegram.troubleNext(trouble);
      // oxlint-disable-next-line no-await-in-loop -- one refusal after the other
      const { message, stack, cause } = await refusalOf(notifier.send(renew("https://prebell.example")));
      expect([message, stack, JSON.stringify(cause ?? null)].join()).not.toContain(telegram.env.TELEGRAM_BOT_TOKEN);
    }
  });

  it("says whom it reaches without writing to them", async () => {
    const { telegram, notifier } = await openChat();
    expect(await notifier.check()).toBe("@prebell_test_bot reaches the private chat.");
    expect(telegram.messages).toEqual([]);
  });
});
