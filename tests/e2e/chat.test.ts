// A morning in the chat with the real program, the practice brokers and a Bot API as strict as Telegram's: answered, renewed with
// a code as a message, and true again after whatever goes wrong.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { good } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { newYork } from "../support/simulation-calendar.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { webhookSecret } from "../support/telegram-updates.ts";
import { eventually } from "../support/wait.ts";

const apiToken = "an-api-token-for-the-scheduler";

let telegram: TelegramServer;
let program: Program;

beforeAll(async () => {
  telegram = await startTelegramServer();
  // Telegram's clock and ours need not agree.
  telegram.pass({ minutes: -7 });
  program = await startProgram({
    // Monday, after the close.
    at: "2026-11-09T22:00:00Z",
    env: { ...telegram.env, TELEGRAM_WEBHOOK_SECRET: webhookSecret, API_TOKEN: apiToken },
  });
  telegram.deliverTo(program.url);
  // The first login of each is made on the page.
  const owner = await program.signIn();
  for (const id of ["etrade-prod", "etrade-sandbox", "schwab-prod"])
    // oxlint-disable-next-line no-await-in-loop -- one person
    await program.renew(owner, id);
});
beforeEach(() => telegram.troubleNext());
afterEach(() => expect(telegram.faults).toEqual([]));

const me = () => telegram.user();
const machine = () => program.machine(apiToken);
const tick = () => machine().post("/cron/tick");
const botTexts = () =>
  me()
    .messages.filter(({ by }) => by === "bot")
    .map(({ text }) => text);
const written = () =>
  me()
    .messages.filter(({ by, text }) => by === "person" && !text.startsWith("/"))
    .map(({ text }) => text);
const reminders = () =>
  me().messages.filter(({ text }) => text.includes("E*TRADE") && text.includes("Renewal required"));
const version = async (id: string) => (await machine().connection(id)).token?.version ?? 0;

async function at(date: string, time: string): Promise<void> {
  await program.control.setTo(newYork(date, time));
  await tick();
}

/** A day's first reminder, with nothing left of the days before. */
async function morning(date: string): Promise<void> {
  await at(date, "08:00");
  await at(date, "08:30:01");
  await eventually("the reminder", () => reminders().length === 1);
}

/** The address that the newest link leads to. */
async function newestLink(begin: () => unknown): Promise<string> {
  const known = new Set(me().messages.map(({ id }) => id));
  begin();
  return eventually("the broker's link", () =>
    me()
      .messages.filter(({ id }) => !known.has(id))
      .flatMap(({ text }) => /^Log in at \S+: (http\S+)$/m.exec(text)?.[1] ?? [])
      .at(-1),
  );
}

const seen = (what: string) => eventually(`"${what}"`, () => botTexts().find((text) => text.includes(what)));

describe("a morning", () => {
  it("is answered, renewed in the chat and confirmed; no code stays there, and one message tells it all", async () => {
    await morning("2026-11-10");
    const tap = me().tap("I'm on it");
    await seen("🙋 You are on it. Quiet until 08:40.");
    expect(tap.answer()?.text).toBe("Good. Quiet until 08:40 New York time.");

    const link = await newestLink(() => me().tap("Here: E*TRADE production"));
    await seen("⏳ E*TRADE production: login begun at the broker");
    const code = await program.control.accept(link);
    const question = me().messages.findLast(({ asksReply }) => asksReply)?.id ?? 0;
    me().write(` ${code.slice(0, 2).toLowerCase()} ${code.slice(2).toLowerCase()}`, { replyTo: question });
    await seen("✅ E*TRADE production renewed: version 2, verified by a real call.");
    await seen("✅ E*TRADE production: renewed 08:30, version 2");

    const other = await newestLink(() => me().write("/renew"));
    me().write(await program.control.accept(other));
    await seen("✅ Renewed 08:30, 59 min before the open.");
    await telegram.delivered();
    expect([written(), await version("etrade-prod"), await version("etrade-sandbox")]).toEqual([[], 2, 2]);

    await good(machine().post("/api/connections/etrade-prod/confirmations", { consumer: "opening-bot", version: 2 }));
    const green = await seen("opening-bot runs on it since 08:30:");
    expect(green).toMatch(/^✅ Renewed 08:30/);
    const told = telegram.messages.length;
    await at("2026-11-10", "09:00:01");
    await at("2026-11-10", "09:30:01");
    expect(telegram.messages.length).toBe(told);
    expect(program.output()).not.toContain(code);
  });

  it("takes Schwab's whole address", async () => {
    const before = await version("schwab-prod");
    const link = await newestLink(() => me().write("/renew schwab"));
    me().write(await program.control.schwab.accept(link));
    await seen(`✅ Schwab production renewed: version ${before + 1}, verified by a real call.`);
    await telegram.delivered();
    expect([written(), await version("schwab-prod")]).toEqual([[], before + 1]);
  });

  it("is not confused by updates that come twice", async () => {
    await morning("2026-11-11");
    const link = await newestLink(() => me().write("/renew etrade-prod"));
    await telegram.delivered();
    telegram.updates.repeatLast();
    me().write(await program.control.accept(link));
    await seen(`✅ E*TRADE production renewed: version 3`);
    await telegram.delivered();
    telegram.updates.repeatLast();
    await telegram.delivered();
    expect(await version("etrade-prod")).toBe(3);
    expect(botTexts().filter((text) => text.includes("E*TRADE production renewed: version 3"))).toHaveLength(1);
    expect(botTexts().filter((text) => text.includes(link))).toHaveLength(1);
  });
});

describe("whatever goes wrong", () => {
  it("killed while the code was at the broker: it is gone from the chat, and how that went is told", async () => {
    await morning("2026-11-12");
    const link = await newestLink(() => me().write("/renew etrade-prod"));
    const code = await program.control.accept(link);
    await program.control.fault({ fault: "hang", on: "access_token", phase: "after", times: 1 });
    me().write(code);
    await eventually("the code at the broker", async () => (await program.control.state()).held === 1);
    expect(written()).toEqual([]);
    await program.restart();
    telegram.updates.redeliverNow();
    await seen("the renewal failed. It was interrupted while the code was on its way");
    await telegram.delivered();
    // The same person just goes on.
    const again = await newestLink(() => me().write("/renew etrade-prod"));
    me().write(await program.control.accept(again));
    await seen("E*TRADE production: renewed 08:3");
  });

  it("killed while a reminder was on its way: it comes twice at most, and a tap clears the stray one away", async () => {
    await at("2026-11-13", "08:00");
    await program.control.setTo(newYork("2026-11-13", "08:30:01"));
    telegram.troubleNext("lose-answer");
    const cut = tick().catch(() => null);
    await eventually("the reminder", () => reminders().length === 1);
    await program.restart();
    await cut;
    await program.control.advance(Temporal.Duration.from({ seconds: 61 }));
    await tick();
    await eventually("the second one", () => reminders().length === 2);
    const [stray, living] = reminders();
    const tap = me().forge({ data: "ack:2026-11-13", message: stray?.id ?? 0 });
    await telegram.delivered();
    expect(tap.answer()?.text).toContain("Quiet until 08:4");
    await eventually("one message", () => reminders().length === 1);
    expect(reminders()[0]?.id).toBe(living?.id);
    expect(reminders()[0]?.text).toContain("You are on it");
  });

  it("Telegram is down from an hour to twenty minutes before the open: one reminder comes as soon as it is back", async () => {
    await at("2026-11-16", "08:00");
    const before = telegram.messages.length;
    telegram.outage(true);
    for (const time of ["08:30:01", "08:35", "08:45", "09:00:01", "09:01", "09:09"])
      // oxlint-disable-next-line no-await-in-loop -- time goes forward
      await at("2026-11-16", time);
    telegram.outage(false);
    // A reminder is never left lying for longer than a minute.
    await at("2026-11-16", "09:10:05");
    await eventually("the reminder", () => telegram.messages.length > before);
    await tick();
    expect(telegram.messages.slice(before).map(({ text }) => text.split("\n")[0])).toEqual([
      "🔔 The market opens at 09:30 New York time. Renewal required:",
    ]);
    await at("2026-11-16", "09:15:01");
    await eventually(
      "the last call alone",
      () => reminders().length === 1 && reminders()[0]?.text.includes("Last call"),
    );
  });
});
