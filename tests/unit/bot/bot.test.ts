import type { Update } from "grammy/types";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { telegramMessage } from "../../../server/adapters/telegram-message.ts";
import { createBot } from "../../../server/bot/bot.ts";
import type { BotEffect, BotHandlers } from "../../../server/bot/handlers.ts";
import { type ReceiveUpdate, receiveUpdate } from "../../../server/bot/receive-update.ts";
import { Secret } from "../../../server/domain/secret.ts";
import { at } from "../../support/builders.ts";
import { askTelegram } from "../../support/telegram-ends.ts";
import { startTelegramServer, type TelegramServer } from "../../support/telegram-server.ts";
import { aWorkbench, type Workbench } from "../use-cases/workbench.ts";

let telegram: TelegramServer;
let bench: Workbench;
let receive: ReceiveUpdate;
/** What the handlers were told of. */
let told: unknown[];
/** What they answer, or break off with. */
let answer: readonly BotEffect[] | Error;

const me = () => telegram.user();
const events = () => bench.logged.map(({ event }) => event);

beforeEach(async () => {
  telegram = await startTelegramServer();
  bench = aWorkbench();
  told = [];
  answer = [];
  const note = async (what: unknown) => {
    told.push(what);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const handlers: BotHandlers = {
    command: (name, args, from) => note([`/${name}`, args, from.chatId]),
    text: ({ text, replyTo }, from) => note([text, replyTo, from.firstName]),
    tap: (data, from, message) => note([data, message, from.chatId]),
    blocked: async (from) => void told.push(["blocked", from.chatId]),
    unblocked: async (from) => void told.push(["unblocked", from.chatId]),
  };
  const { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: apiRoot, TELEGRAM_CHAT_ID: owner } = telegram.env;
  const settings = { botToken: new Secret(token), apiRoot, format: telegramMessage };
  const bot = createBot(handlers, settings, bench.deps.log);
  receive = receiveUpdate(bench.deps, bot, async ({ chatId }) => chatId === owner);
});

afterEach(() => expect(telegram.faults).toEqual([]));

/** Has the bot take what was written and tapped so far. */
async function bring(): Promise<string[]> {
  const updates = (await askTelegram<Update[]>(telegram, "getUpdates", {})).result ?? [];
  const receptions: string[] = [];
  // oxlint-disable-next-line no-await-in-loop -- as Telegram brings them
  for (const update of updates) receptions.push(await receive(update));
  await askTelegram(telegram, "getUpdates", { offset: (updates.at(-1)?.update_id ?? 0) + 1 });
  return receptions;
}

/** A message with a button, as the bot sent it. */
async function haveButton(): Promise<number> {
  const reply_markup = { inline_keyboard: [[{ text: "I'm on it", callback_data: "ack:2026-06-10" }]] };
  await askTelegram(telegram, "sendMessage", { chat_id: me().id, text: "🔔 Renew", reply_markup });
  return me().messages.at(-1)?.id ?? 0;
}

describe("what is written", () => {
  it("reaches whoever answers it: commands with their arguments, text with what it replies to", async () => {
    const question = await haveButton();
    me().write("/Status@prebell_bot  etrade-prod\nplease");
    me().write("MX9ES", { replyTo: question });
    me().write("/renewed");
    expect(await bring()).toEqual(["taken", "taken", "taken"]);
    expect(told).toEqual([
      ["/status", "etrade-prod\nplease", "7654321"],
      ["MX9ES", String(question), "Owner"],
      ["/renewed", null, "Owner"],
    ]);
  });

  it("is answered in order: taken away, asked back, told", async () => {
    answer = [
      { do: "delete-incoming" },
      { do: "ask", text: "Which code?", placeholder: "5 letters" },
      {
        do: "say",
        text: "Opens in 58 minutes",
        entities: [{ kind: "countdown", offset: 6, length: 13, at: at("2026-06-10T13:30:00Z") }],
        buttons: [[{ label: "Cancel", data: "cancel:x", style: "danger" }]],
        silent: true,
      },
      { do: "edit", text: "nothing was tapped" },
      { do: "toast", text: "nor can this be seen" },
    ];
    me().write("MX9ES");
    await bring();
    expect(me().gone.map(({ text }) => text)).toEqual(["MX9ES"]);
    expect(me().messages).toMatchObject([
      { text: "Which code?", asksReply: true, placeholder: "5 letters", silent: false },
      {
        text: "Opens in 58 minutes",
        entities: [{ type: "date_time", offset: 6, length: 13, date_time_format: "r" }],
        buttons: [[{ text: "Cancel", callback_data: "cancel:x", style: "danger" }]],
        silent: true,
      },
    ]);
  });

  it("is answered even if it can't be taken away any more", async () => {
    answer = [{ do: "delete-incoming" }, { do: "say", text: "Thanks." }];
    me().remove(me().write("MX9ES"));
    await bring();
    expect(me().messages.map(({ text }) => text)).toEqual(["Thanks."]);
    expect(events()).toEqual(["telegram-update-failed"]);
  });

  it("gets an apology where the work broke off, and the log the reason", async () => {
    answer = new Error("The store is away.");
    me().write("/status");
    expect(await bring()).toEqual(["taken"]);
    expect(me().messages.at(-1)?.text).toContain("Something broke inside Prebell");
    expect(bench.logged).toMatchObject([{ event: "telegram-update-failed", fields: { error: answer } }]);
  });
});

describe("a tap", () => {
  it("reaches whoever answers it, stops spinning with a word, and changes the message it was on", async () => {
    answer = [
      { do: "edit", text: "✅ You are on it." },
      { do: "toast", text: "Good." },
    ];
    const message = await haveButton();
    const tap = me().tap("I'm on it");
    await bring();
    expect(told).toEqual([[{ kind: "acknowledge", tradingDay: "2026-06-10" }, String(message), "7654321"]]);
    expect(tap.answer()).toEqual({ text: "Good.", alert: false });
    expect(me().messages).toMatchObject([{ text: "✅ You are on it.", buttons: [], edits: 1 }]);
    expect(events()).toEqual([]);
  });

  it("with nothing to say just stops spinning; what it asked to change and is gone, or is so already, is left", async () => {
    answer = [{ do: "edit", text: "same" }];
    const message = await haveButton();
    const taps = [me().tap("I'm on it"), me().tap("I'm on it"), me().tap("I'm on it")];
    await bring();
    me().remove(message);
    me().forge({ data: "ack:2026-06-10", message });
    await bring();
    expect(taps.map((tap) => tap.answer())).toEqual(taps.map(() => ({ text: null, alert: false })));
    expect(events()).toEqual([]);
  });

  it.each([500, "drop"] as const)("does its work even if the spinner can't be stopped (%s)", async (trouble) => {
    answer = [{ do: "edit", text: "✅ You are on it." }];
    await haveButton();
    const tap = me().tap("I'm on it");
    telegram.troubleNext(trouble);
    await bring();
    expect([tap.answer(), me().messages[0]?.text, events()]).toEqual([null, "✅ You are on it.", ["tap-not-answered"]]);
  });

  it("stops spinning with an apology where the work broke off", async () => {
    answer = new Error("The store is away.");
    await haveButton();
    const tap = me().tap("I'm on it");
    await bring();
    expect(tap.answer()?.text).toContain("Something broke");
    expect(events()).toEqual(["telegram-update-failed"]);
  });

  it("that was made up says nothing that a button could not say", async () => {
    await haveButton();
    me().forge({ data: "renew:../etc" });
    await bring();
    expect(told).toMatchObject([[{ kind: "unknown" }, expect.any(String), "7654321"]]);
  });
});

describe("whoever is not heard", () => {
  it("is ignored: strangers, and taps in somebody else's chat", async () => {
    const stranger = telegram.user(42, "Sam");
    stranger.write("/status");
    stranger.block();
    await haveButton();
    me().forge({ data: "ack:2026-06-10", from: 42 });
    expect(await bring()).toEqual(["ignored", "ignored", "ignored"]);
    expect(told).toEqual([]);
    expect(stranger.messages.filter(({ by }) => by === "bot")).toEqual([]);
  });
});

it("who blocks the bot is known to have, and to have come back", async () => {
  me().block();
  me().unblock();
  await bring();
  expect(told).toEqual([
    ["blocked", "7654321"],
    ["unblocked", "7654321"],
  ]);
});
