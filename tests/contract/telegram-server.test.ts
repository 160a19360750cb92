// The Bot API the other tests run against is as strict as Telegram's: what would be refused there is refused here.
import type { Update } from "grammy/types";
import { beforeEach, describe, expect, it } from "vitest";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { askTelegram } from "../support/telegram-ends.ts";

const chatId = 7_654_321;
let telegram: TelegramServer;

beforeEach(async () => {
  telegram = await startTelegramServer();
});

const ask = <T>(method: string, body: object) => askTelegram<T>(telegram, method, body);
const updates = async () => (await ask<Update[]>("getUpdates", {})).result ?? [];
const verdict = async (method: string, body: object) => (await ask(method, body)).verdict;
const send = (rest: object) => verdict("sendMessage", { chat_id: chatId, text: "🔔 Hello", ...rest });
const keyboard = (...buttons: object[]) => ({ reply_markup: { inline_keyboard: [buttons] } });
const owner = () => telegram.user();

const data = (callback_data: string) => ({ text: "Tap", callback_data });
const edit = (message_id: number, rest: object) =>
  verdict("editMessageText", { chat_id: chatId, message_id, text: "🔔 Hello", ...rest });
const remove = (message_id: number) => verdict("deleteMessage", { chat_id: chatId, message_id });
const answerTap = (callback_query_id: string, rest: object = {}) =>
  verdict("answerCallbackQuery", { callback_query_id, ...rest });
const setPage = (url: string) =>
  verdict("setChatMenuButton", { menu_button: { type: "web_app", text: "Prebell", web_app: { url } } });

async function tapped(): Promise<Update> {
  const update = (await updates()).at(-1);
  if (update === undefined) throw new Error("Nothing was tapped.");
  return update;
}

/** The id of a message that the bot just sent. */
async function sent(rest: object = {}): Promise<number> {
  await send(rest);
  return owner().messages.at(-1)?.id ?? 0;
}

describe("a message", () => {
  it.each<[string, object, string]>([
    ["of nothing", { text: " \n" }, "message text is empty"],
    ["of 4096 units and one more", { text: "x".repeat(4097) }, "message is too long"],
    ["with white space at its ends", { text: "hello " }, "strip the white space"],
    ["with half a character", { text: "a\uD83D" }, "encoded in UTF-8"],
    ["with a parse mode", { parse_mode: "HTML" }, "parse_mode"],
    ["with a field of another method", { message_id: 4 }, "message_id"],
    ["in reply to nothing", { reply_parameters: { message_id: 99 } }, "message to be replied not found"],
    ["with an empty placeholder", { reply_markup: { force_reply: true, input_field_placeholder: "" } }, "Bad Request"],
    [
      "with a placeholder of 65 characters",
      { reply_markup: { force_reply: true, input_field_placeholder: "x".repeat(65) } },
      "Bad Request",
    ],
  ])("%s is refused", async (_what, rest, said) => {
    expect(await send(rest)).toContain(said);
    expect(owner().messages).toEqual([]);
  });

  it("of 4096 units is taken, and refused in a chat nobody opened", async () => {
    expect(await send({ text: "🔔".repeat(2048) })).toBe("ok");
    expect(await send({ chat_id: 5 })).toBe("400 Bad Request: chat not found");
  });
});

describe("an entity", () => {
  const date = { type: "date_time", unix_time: 1_781_000_000, date_time_format: "r" };
  it.each<[string, object[], string]>([
    ["beyond the text", [{ type: "bold", offset: 3, length: 6 }], "ends outside the text"],
    ["that begins inside an emoji", [{ type: "bold", offset: 1, length: 3 }], "splits a character"],
    ["that ends inside an emoji", [{ type: "bold", offset: 0, length: 1 }], "splits a character"],
    ["of no length", [{ type: "bold", offset: 3, length: 0 }], "length"],
    ["of an unknown kind", [{ type: "huge", offset: 0, length: 2 }], "entities.0.type"],
    ["with a time of another format", [{ ...date, date_time_format: "rr", offset: 3, length: 2 }], "DATE_TIME_FORMAT"],
    ["without its time", [{ type: "date_time", date_time_format: "r", offset: 3, length: 2 }], "unix_time"],
    [
      "across another",
      [
        { type: "bold", offset: 0, length: 5 },
        { type: "italic", offset: 3, length: 5 },
      ],
      "ENTITIES_OVERLAP",
    ],
    [
      "inside monospaced text",
      [
        { type: "code", offset: 0, length: 5 },
        { type: "bold", offset: 3, length: 2 },
      ],
      "ENTITIES_OVERLAP",
    ],
  ])("%s is refused", async (_what, entities, said) => {
    expect(await send({ entities })).toContain(said);
  });

  it.each(["r", "wDT", "t", "d"])("of a moment may be shown as %j, inside bold text too", async (date_time_format) => {
    const entities = [
      { type: "bold", offset: 0, length: 8 },
      { ...date, date_time_format, offset: 3, length: 5 },
    ];
    expect(await send({ entities })).toBe("ok");
    expect(owner().messages[0]?.entities).toEqual(entities);
  });
});

describe("a button", () => {
  it.each<[string, object, string]>([
    ["with 65 bytes of data", data("é".repeat(32) + "x"), "BUTTON_DATA_INVALID"],
    ["without data", data(""), "BUTTON_DATA_INVALID"],
    ["to this machine", { text: "Open", url: "http://127.0.0.1:8080" }, "Wrong HTTP URL"],
    ["to a name of this network", { text: "Open", url: "https://prebell" }, "Wrong HTTP URL"],
    ["to a file", { text: "Open", url: "file:///etc/passwd" }, "Wrong HTTP URL"],
    ["to an app without TLS", { text: "App", web_app: { url: "http://a.example" } }, "Only HTTPS links"],
    ["in a colour of its own", { ...data("x"), style: "pink" }, "reply_markup"],
    ["without words", { text: "", callback_data: "x" }, "text"],
    ["that copies 257 characters", { text: "Copy", copy_text: { text: "x".repeat(257) } }, "copy_text"],
    ["of two kinds", { ...data("x"), url: "https://a.example" }, "no known kind"],
    ["of no kind", { text: "Tap" }, "reply_markup"],
  ])("%s is refused", async (_what, button, said) => {
    expect(await send(keyboard(button))).toContain(said);
    expect(owner().messages).toEqual([]);
  });

  it("of every kind that Prebell may use is taken", async () => {
    const buttons = [
      { ...data("é".repeat(32)), style: "primary" },
      { text: "Open", url: "https://prebell.example/x" },
      { text: "Chat", url: "tg://resolve?domain=prebell_bot" },
      { text: "App", web_app: { url: "https://prebell.example/app" } },
      { text: "Copy", copy_text: { text: "MX9ES" } },
      { text: "✓ Renewed", style: "success", disabled: {} },
    ];
    expect(await send(keyboard(...buttons))).toBe("ok");
    expect(owner().messages[0]?.buttons).toEqual([buttons]);
  });
});

describe("changing what was sent", () => {
  it("makes no sound, and is refused where nothing would change", async () => {
    const id = await sent(keyboard({ text: "Ack", callback_data: "ack" }));
    expect([
      await edit(id, keyboard({ text: "Ack", callback_data: "ack" })),
      await edit(id, { disable_notification: true }),
      await edit(id, {}),
      await edit(id, {}),
      await edit(id, { entities: [{ type: "bold", offset: 0, length: 2 }] }),
      await verdict("editMessageReplyMarkup", { chat_id: chatId, message_id: id }),
    ]).toEqual([
      expect.stringContaining("400 Bad Request: message is not modified: "),
      expect.stringContaining("disable_notification"),
      "ok",
      expect.stringContaining("message is not modified"),
      "ok",
      expect.stringContaining("message is not modified"),
    ]);
    expect(owner().messages).toMatchObject([{ text: "🔔 Hello", edits: 2, buttons: [] }]);
    expect(telegram.messages).toHaveLength(1);
  });

  it("is refused for what is gone, what somebody else wrote, and what asks for a reply", async () => {
    const gone = await sent();
    owner().remove(gone);
    const theirs = owner().write("hi");
    const question = await sent({ reply_markup: { force_reply: true } });
    expect([await edit(gone, {}), await edit(theirs, {}), await edit(question, { text: "x" })]).toEqual([
      "400 Bad Request: message to edit not found",
      "400 Bad Request: message can't be edited",
      "400 Bad Request: message can't be edited",
    ]);
  });

  it("a young message of either side can be taken away, once; one of over 48 hours stays", async () => {
    const [mine, theirs, old] = [await sent(), owner().write("MX9ES"), await sent()];
    expect([await remove(mine), await remove(mine), await remove(theirs)]).toEqual([
      "ok",
      "400 Bad Request: message to delete not found",
      "ok",
    ]);
    telegram.pass({ hours: 48, seconds: 1 });
    expect(await remove(old)).toBe("400 Bad Request: message can't be deleted for everyone");
    expect(owner().messages.map(({ id }) => id)).toEqual([old]);
    expect(owner().gone.map(({ text }) => text)).toEqual(["🔔 Hello", "MX9ES"]);
  });
});

describe("a tap", () => {
  const tooOld = "400 Bad Request: query is too old and response timeout expired or query ID is invalid";

  it("is answered once, within 150 seconds", async () => {
    await sent(keyboard({ text: "I'm on it", callback_data: "ack:2026-06-10" }));
    const tap = owner().tap("I'm on it");
    const { callback_query: query } = await tapped();
    expect(query).toMatchObject({ data: "ack:2026-06-10", from: { id: chatId }, message: { text: "🔔 Hello" } });
    expect(tap.answer()).toBeNull();
    const id = query?.id ?? "";
    expect([await answerTap(id, { text: "Good." }), await answerTap(id), await answerTap("1")]).toEqual([
      "ok",
      tooOld,
      tooOld,
    ]);
    expect(tap.answer()).toEqual({ text: "Good.", alert: false });
  });

  it("is worth nothing after 150 seconds, delivered or not", async () => {
    await sent(keyboard({ text: "Ack", callback_data: "ack" }));
    owner().tap("ack");
    const { callback_query: query } = await tapped();
    telegram.pass({ seconds: 151 });
    expect(await answerTap(query?.id ?? "")).toBe(tooOld);
    expect(await updates()).toEqual([]);
  });

  it("needs a button, unless it is forged", async () => {
    await sent(keyboard({ text: "Done", disabled: {} }));
    expect(() => owner().tap("Ack")).toThrow("no button");
    expect(() => owner().tap("Done")).toThrow("sends nothing");
    owner().forge({ data: "renew:etrade-prod", from: 13 });
    expect(await tapped()).toMatchObject({ callback_query: { data: "renew:etrade-prod", from: { id: 13 } } });
  });
});

describe("who can't be reached", () => {
  it("is told from others: blocked, deleted, never met", async () => {
    const other = telegram.user(42, "Sam");
    other.block();
    expect(await send({ chat_id: 42 })).toBe("403 Forbidden: bot was blocked by the user");
    const [update] = await updates();
    expect(update).toMatchObject({ my_chat_member: { new_chat_member: { status: "kicked" }, chat: { id: 42 } } });
    other.unblock();
    expect(await send({ chat_id: 42 })).toBe("ok");
    other.deactivate();
    expect(await send({ chat_id: 42 })).toBe("403 Forbidden: user is deactivated");
    expect(await send({})).toBe("ok");
  });

  it("is, where the pace is limited, whoever was written to a moment ago", async () => {
    telegram = await startTelegramServer({ limitRate: true });
    telegram.user(42);
    expect([await send({}), await send({ chat_id: 42 })]).toEqual(["ok", "ok"]);
    const { verdict: said, retryAfter } = await ask("sendMessage", { chat_id: chatId, text: "more" });
    expect([said, retryAfter]).toEqual(["429 Too Many Requests: retry after 1", 1]);
    telegram.pass({ seconds: 1 });
    expect(await send({})).toBe("ok");
  });
});

describe("other methods", () => {
  it("do not exist unless Prebell uses them, and know only their own fields", async () => {
    expect(await verdict("sendPhoto", {})).toBe("404 Not Found");
    expect(await verdict("toString", {})).toBe("404 Not Found");
    expect(await verdict("getMe", { chat_id: 1 })).toContain("400 Bad Request");
    expect(telegram.faults).toHaveLength(3);
  });

  it("set the button beside the text field to an https page only", async () => {
    expect([await setPage("http://prebell.example"), await setPage("https://prebell.example")]).toEqual([
      expect.stringContaining("400 Bad Request"),
      "ok",
    ]);
    expect(telegram.settings.menuButtons().get(0)).toMatchObject({ type: "web_app" });
  });
});
