// What the owner writes to the bot reaches the program by a webhook: proven by a secret, answered once, and to nobody else.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { bring, owner, textUpdate, webhookSecret, type Writer } from "../support/telegram-updates.ts";
import { eventually } from "../support/wait.ts";

let telegram: TelegramServer;
let program: Program;
let me: Writer;

beforeAll(async () => {
  telegram = await startTelegramServer();
  me = owner(telegram.env.TELEGRAM_CHAT_ID);
  // Tuesday, 12:00 in New York.
  program = await startProgram({
    at: "2026-06-09T16:00:00Z",
    env: { ...telegram.env, TELEGRAM_WEBHOOK_SECRET: webhookSecret },
  });
  await program.renew(await program.signIn(), "etrade-prod");
  // The reminder, which the renewal changes.
  await eventually("the reminder with the renewal in it", () =>
    telegram.user().messages.some(({ text }) => text.includes("E*TRADE production: renewed")),
  );
});
beforeEach(() => telegram.troubleNext());
afterEach(() => expect(telegram.faults).toEqual([]));

/** Brings the update, and returns the answer's verdict and what reached the chat meanwhile. */
async function write(update: unknown, secret?: string | null) {
  const before = telegram.messages.length;
  const answer = await bring(program.url, update, secret);
  return { verdict: verdict(answer), said: telegram.messages.slice(before).map(({ text }) => text) };
}

const listings = async () => (await program.control.state()).calls["/prod/v1/accounts/list"] ?? 0;
const failures = () => program.stderr().split('"telegram-update-failed"').length;

describe("the owner", () => {
  it("is told what Prebell does", async () => {
    const { verdict: taken, said } = await write(textUpdate(me, "/start"));
    expect([taken, said]).toEqual(["200 ok", [expect.stringContaining("/status – ")]]);
    expect(said[0]).toContain(program.pageUrl);
    expect((await write(textUpdate(me, "what now?"))).said).toEqual(said);
  });

  it("is told the state of every connection, however the command is addressed", async () => {
    const { said } = await write(textUpdate(me, "/status@prebell_owner_bot"));
    expect(said).toEqual([
      expect.stringMatching(
        /^E\*TRADE production: ✅ active\nE\*TRADE answered the account list · 12:0\d ET\n11 h 5\d min left, until Wed 00:00 ET\n\nE\*TRADE sandbox: 🔔 needs you\nNever authorized yet\.\n\nSchwab production: 🔔 needs you\nNever authorized yet\.\n\nRenew: /,
      ),
    ]);
  });

  it("has the brokers called, and hears how that went", async () => {
    const before = await listings();
    expect((await write(textUpdate(me, "/keepalive"))).said).toEqual([
      "E*TRADE production: ✅ verified by the account list.\nE*TRADE sandbox: has no living token.\nSchwab production: has no living token.",
    ]);
    expect(await listings()).toBe(before + 1);
  });

  it("is answered once, however often Telegram brings the update", async () => {
    const update = textUpdate(me, "/help");
    const before = telegram.messages.length;
    const answers = [
      ...(await Promise.all([bring(program.url, update), bring(program.url, update)])),
      await bring(program.url, update),
    ];
    expect([answers.map(verdict), telegram.messages.length - before]).toEqual([["200 ok", "200 ok", "200 ok"], 1]);
  });

  it.each([500, "drop", 403] as const)("who can't be answered (%s) makes Telegram repeat nothing", async (trouble) => {
    telegram.troubleNext(trouble);
    const update = textUpdate(me, "/status");
    const before = failures();
    expect(await write(update)).toEqual({ verdict: "200 ok", said: [] });
    await eventually("the failure in the log", () => failures() === before + 1);
    expect(await write(update)).toEqual({ verdict: "200 ok", said: [] });
    expect((await write(textUpdate(me, "/status"))).said).toHaveLength(1);
  });
});

describe("as Telegram delivers it", () => {
  it("a tap stops spinning, an old or forged one too, and a blocked bot is noted", async () => {
    telegram.deliverTo(program.url);
    const taps = ["renew:etrade-prod", "\u0000", "x".repeat(64)].map((data) => telegram.user().forge({ data }));
    telegram.user().block();
    telegram.user().unblock();
    await telegram.delivered();
    const [old, ...made] = taps.map((tap) => tap.answer()?.text);
    expect(old).toBe("It needs nothing now.");
    expect(made).toEqual(made.map(() => expect.stringContaining("out of date")));
    expect(program.stderr()).toContain('"chat-blocked"');
    telegram.settings.setWebhook({ url: "", secret: null, allowedUpdates: [] });
  });
});

describe("nobody else is answered:", () => {
  it("who lacks the secret is turned away, whatever they bring", async () => {
    const update = textUpdate(me, "/status");
    const answers = [
      await write(update, null),
      await write(update, ""),
      await write(update, webhookSecret.slice(0, -1)),
      await write(update, `${webhookSecret}x`),
      await write("x".repeat(400_000), "wrong"),
    ];
    expect(answers).toEqual(answers.map(() => ({ verdict: "401 wrong-webhook-secret", said: [] })));
    // Nothing was done with it, so it is still new when Telegram itself brings it.
    expect((await write(update)).said).toHaveLength(1);
  });

  it("strangers, groups, and updates that are no message are ignored without a word", async () => {
    const stranger = { from: 1_234_567, chat: { id: 1_234_567, type: "private" } } as const;
    const group = { from: me.from, chat: { id: -1_001_234_567, type: "supergroup" } } as const;
    const asGroup = { from: me.from, chat: { id: me.chat.id, type: "group" } } as const;
    const canary = "/status canary-of-a-stranger";
    const tap = { id: "1", from: { id: me.from }, chat_instance: "1", data: "renew:canary-of-a-stranger" };
    const asked = telegram.received.length;
    const answers = [
      await write(textUpdate(stranger, canary)),
      await write(textUpdate(group, canary)),
      await write(textUpdate(asGroup, canary)),
      await write(textUpdate({ ...me, from: 1_234_567 }, canary)),
      await write({ update_id: 1, edited_message: textUpdate(me, canary)["message"] }),
      await write({ update_id: 2, poll: { id: "1", question: canary } }),
      await write({ update_id: 3, callback_query: { ...tap, message: { chat: group.chat } } }),
      await write({
        update_id: 4,
        callback_query: { ...tap, from: { id: stranger.from }, message: { chat: me.chat } },
      }),
    ];
    expect(answers).toEqual(answers.map(() => ({ verdict: "200 ok", said: [] })));
    expect(telegram.received.length).toBe(asked);
    expect(program.output()).not.toContain("canary-of-a-stranger");
  });
});

describe("what is no update", () => {
  it.each([
    ["not JSON", "nonsense", "400 not-an-update"],
    ["without an id", {}, "400 not-an-update"],
    ["over 256 KiB", { update_id: 3, text: "x".repeat(300_000) }, "413 too-large"],
  ])("(%s) is refused", async (_what, body, expected) => {
    expect(await write(body)).toEqual({ verdict: expected, said: [] });
  });
});

describe("without a webhook secret", () => {
  it("there is no webhook", async () => {
    const other = await startProgram({ env: telegram.env });
    expect(verdict(await bring(other.url, textUpdate(me, "/status")))).toBe("404 no-such-route");
  });
});

it("nothing that Telegram, the chat or the log saw holds the webhook's secret", () => {
  expect(program.output() + telegram.received.join("\n")).not.toContain(webhookSecret);
});
