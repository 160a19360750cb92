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

/** Wednesday 10 June 2026, 09:30 in New York. */
const opening = Temporal.Instant.from("2026-06-10T13:30:00Z");
const reminder: ChatMessage = {
  text: "🔔 In 58 minutes. Code MX9ES",
  entities: [
    { kind: "bold", offset: 0, length: 16 },
    { kind: "countdown", offset: 3, length: 13, at: opening },
    { kind: "code", offset: 23, length: 5 },
  ],
  action: null,
  buttons: [
    [
      { label: "I'm on it", data: "ack:2026-06-10", style: "primary" },
      { label: "Snooze", data: "snooze:15:2026-06-10" },
    ],
  ],
  silent: false,
};

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

  it("opens the Mini App in a chat with one person, and the page in a group, where Telegram takes no other button", async () => {
    const action = { label: "Renew", url: "https://prebell.example", miniApp: "https://prebell.example/mini" };
    const keyboards = async (chatId: string) => {
      const { telegram, notifier } = await openChat({ chatId });
      telegram.user(Number(chatId));
      await notifier.send({ ...reminder, action, buttons: [] });
      return telegram.user(Number(chatId)).messages.map(({ buttons }) => buttons);
    };
    expect(await keyboards("7654321")).toEqual([
      [[{ text: "Renew", web_app: { url: "https://prebell.example/mini" } }]],
    ]);
    expect(await keyboards("-1001234567")).toEqual([[[{ text: "Renew", url: "https://prebell.example" }]]]);
  });

  it("shows what is bold, what is code and what counts down, and above the taps the page", async () => {
    const { telegram, notifier } = await openChat();
    const reference = await notifier.send({ ...reminder, action: { label: "Renew", url: "https://prebell.example" } });
    expect(telegram.user().messages).toMatchObject([
      {
        id: Number(reference),
        text: "🔔 In 58 minutes. Code MX9ES",
        entities: [
          { type: "bold", offset: 0, length: 16 },
          { type: "date_time", offset: 3, length: 13, unix_time: 1_781_098_200, date_time_format: "r" },
          { type: "code", offset: 23, length: 5 },
        ],
        buttons: [
          [{ text: "Renew" }],
          [
            { text: "I'm on it", callback_data: "ack:2026-06-10", style: "primary" },
            { text: "Snooze", callback_data: "snooze:15:2026-06-10" },
          ],
        ],
      },
    ]);
    expect(telegram.faults).toEqual([]);
  });

  it("cuts what is longer than a message may be, and keeps the link", async () => {
    const { telegram, notifier } = await openChat();
    await notifier.send({
      text: "🔔".repeat(3000),
      action: { label: "Renew", url: "http://127.0.0.1:8080" },
      silent: true,
    });
    const text = telegram.messages[0]?.text ?? "";
    expect(text).toMatch(/🔔…\n\nRenew: http:\/\/127\.0\.0\.1:8080$/);
    expect([text.length > 4090, telegram.faults]).toEqual([true, []]);
  });

  it.each<[string, Trouble, string, number | null, boolean]>([
    ["too many messages", { retryAfter: 17 }, "Telegram refused: 429 Too Many Requests: retry after 17.", 17, false],
    ["a blocked bot", 403, "Open the bot in Telegram and press Start.", null, true],
    ["a fault at Telegram", 500, "It is tried again.", null, false],
    ["a cut connection", "drop", "Telegram can't be reached.", null, false],
  ])("tells %s from the others", async (_what, trouble, sentence, retryAfterSeconds, permanent) => {
    const { telegram, notifier } = await openChat();
    telegram.troubleNext(trouble);
    const error = await refusalOf(notifier.send(renew("https://prebell.example")));
    expect(error.message).toContain(sentence);
    expect(error).toMatchObject({ retryAfterSeconds, permanent });
  });

  it("names the variable that is wrong", async () => {
    const stranger = await openChat({ botToken: "110201543:AAcanaryCanaryCanaryCanaryCanaryCana" });
    const unauthorized = await refusalOf(stranger.notifier.send(renew("https://prebell.example")));
    expect(unauthorized.message).toContain("Check TELEGRAM_BOT_TOKEN.");
    const lost = await openChat({ chatId: "1" });
    const unknown = await refusalOf(lost.notifier.send(renew("https://prebell.example")));
    expect(unknown.message).toContain("Check TELEGRAM_CHAT_ID.");
    expect([unauthorized.permanent, unknown.permanent]).toEqual([true, true]);
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

/** A chat in which the reminder stands. */
async function alerted() {
  const { telegram, notifier } = await openChat();
  const reference = (await notifier.send(reminder)) ?? "";
  const edit = (message: ChatMessage) => notifier.edit?.(reference, message) ?? Promise.reject(new Error("no edit"));
  const remove = () => notifier.remove?.(reference) ?? Promise.reject(new Error("no remove"));
  return { telegram, me: telegram.user(), reference, edit, remove };
}

describe("what was sent before", () => {
  const renewed: ChatMessage = { text: "✅ Renewed at 09:02 ET.", action: null, silent: true };

  it("is changed where it stands, without a sound, and loses its buttons where there is nothing left to tap", async () => {
    const { telegram, me, edit } = await alerted();
    await edit(renewed);
    expect(me.messages).toMatchObject([{ text: renewed.text, entities: [], buttons: [], edits: 1 }]);
    expect([telegram.messages.length, telegram.faults]).toEqual([1, []]);
  });

  it("already is as wanted: done", async () => {
    const { me, edit } = await alerted();
    await edit(renewed);
    await edit(renewed);
    expect(me.messages).toMatchObject([{ edits: 1 }]);
  });

  it("is gone: it can't be changed, now or later; to take it away once more is done", async () => {
    const { me, edit, remove } = await alerted();
    await remove();
    await remove();
    expect([me.messages, me.gone.length]).toEqual([[], 1]);
    const error = await refusalOf(edit(renewed));
    expect([error.permanent, error.message]).toEqual([true, expect.stringContaining("message to edit not found")]);
  });

  it("is older than Telegram lets a bot take away: it stays, and that is done too", async () => {
    const { telegram, me, edit, remove } = await alerted();
    telegram.pass({ hours: 49 });
    await remove();
    await edit(renewed);
    expect(me.messages).toMatchObject([{ text: renewed.text }]);
  });

  it.each([
    ["a fault at Telegram", 500, false],
    ["a blocked bot", 403, true],
  ] as const)(
    "can't be reached for %s: neither change nor removal is taken for done",
    async (_what, trouble, permanent) => {
      const { telegram, edit, remove } = await alerted();
      telegram.troubleNext(trouble, trouble);
      expect([(await refusalOf(edit(renewed))).permanent, (await refusalOf(remove())).permanent]).toEqual([
        permanent,
        permanent,
      ]);
    },
  );
});
