// The owner is asked before the open: in time, once per slot, only while needed, and whatever becomes of the chat.
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { verdict } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { eventually } from "../support/wait.ts";

const apiToken = "an-api-token-for-the-scheduler";
const opensAtHalfPastNine = "🔔 The market opens at 09:30 New York time. Renewal required:";
const all = "• E*TRADE production\n• E*TRADE sandbox\n• Schwab production";

let telegram: TelegramServer;
let program: Program;
let link: string;

beforeAll(async () => {
  telegram = await startTelegramServer();
  // Monday, after the close.
  program = await startProgram({ at: "2026-11-09T22:00:00Z", env: { ...telegram.env, API_TOKEN: apiToken } });
  link = `\n\nRenew: ${program.pageUrl}`;
});
beforeEach(() => telegram.troubleNext());
afterEach(() => expect(telegram.faults).toEqual([]));

const cron = (path: "morning-alert" | "tick") => program.machine(apiToken).post(`/cron/${path}`);

/** Moves the clock to a New York time, lets the scheduler call as often as it likes, and returns what reached the chat. */
async function sentAt(date: string, time: string, calls = 3): Promise<string[]> {
  const before = telegram.messages.length;
  await program.control.setTo(
    Temporal.PlainDateTime.from(`${date}T${time}`).toZonedDateTime("America/New_York").toInstant(),
  );
  await Promise.all(Array.from({ length: calls }, () => [cron("morning-alert"), cron("tick")]).flat());
  await untilTold();
  return telegram.messages.slice(before).map(({ text }) => text);
}

const done = (time: string, label: string, version: number | null) =>
  `✅ ${label}: renewed ${time}, version ${version}`;

/** The reminders of this day that stand in the chat now. */
const standing = () =>
  telegram
    .user()
    .messages.filter(({ text }) => /Renewal required|renewed \d\d/.test(text))
    .map(({ text, silent }) => ({ text, silent }));

/** How many messages made a sound. */
const ringing = () => telegram.messages.filter(({ silent }) => !silent).length;

async function untilTold(): Promise<void> {
  await eventually("the messages to be sent", async () => {
    const status = await program.machine(apiToken).status();
    return status.chat.waiting === 0;
  });
}

/** Lets the day's first message meet the troubles. */
async function trouble(date: string, ...troubles: Parameters<TelegramServer["troubleNext"]>) {
  await sentAt(date, "08:00");
  await program.control.setTo(
    Temporal.PlainDateTime.from(`${date}T08:30:01`).toZonedDateTime("America/New_York").toInstant(),
  );
  telegram.troubleNext(...troubles);
  const before = telegram.messages.length;
  await cron("morning-alert");
  return { arrived: () => telegram.messages.slice(before).map(({ text }) => text) };
}
async function secondsLater(seconds: number): Promise<void> {
  await program.control.advance(Temporal.Duration.from({ seconds }));
  await cron("tick");
}

describe("on a trading day", () => {
  it("one message goes out an hour, half an hour and a quarter before the open and at the open, and no more", async () => {
    const date = "2026-11-10";
    expect(await sentAt(date, "08:29:30")).toEqual([]);
    const slots = [
      ["08:30", opensAtHalfPastNine],
      ["09:00", opensAtHalfPastNine],
      ["09:15", "🔔 Last call: the market opens at 09:30 New York time. Renewal required:"],
      ["09:30", "🔔 The market is open and your trading system has no valid token. Renewal required:"],
    ] as const;
    for (const [time, head] of slots) {
      // oxlint-disable-next-line no-await-in-loop -- a morning has an order
      expect([time, await sentAt(date, `${time}:01`)]).toEqual([time, [`${head}\n${all}${link}`]]);
      // Each one replaces the one before it.
      // oxlint-disable-next-line no-await-in-loop
      await eventually("the one living message", () => standing().length === 1);
      expect(standing()).toEqual([{ text: `${head}\n${all}${link}`, silent: false }]);
    }
    expect(await sentAt(date, "09:45")).toEqual([]);
    expect(await sentAt(date, "16:01")).toEqual([]);
  });

  it("nobody is asked for what was renewed meanwhile: the reminder turns green where it stands, without a sound", async () => {
    const date = "2026-11-11";
    expect(await sentAt(date, "08:30:01")).toHaveLength(1);
    await program.restart();
    const client = await program.signIn();
    const before = ringing();
    const { version } = await program.renew(client, "etrade-prod");
    const prod = done("08:30", "E*TRADE production", version);
    const text = `${opensAtHalfPastNine}\n${prod}\n• E*TRADE sandbox\n• Schwab production${link}`;
    await eventually("the renewed connection in the reminder", () => standing().at(-1)?.text === text);
    expect(await sentAt(date, "09:00:01")).toEqual([
      `${opensAtHalfPastNine}\n• E*TRADE sandbox\n• Schwab production${link}`,
    ]);
    const sandbox = await program.renew(client, "etrade-sandbox");
    const schwab = await program.renew(client, "schwab-prod");
    const green = `✅ Renewed 09:00, 29 min before the open.\n${done("09:00", "E*TRADE sandbox", sandbox.version)}\n${done("09:00", "Schwab production", schwab.version)}`;
    await eventually("the green message", () => standing().at(-1)?.text === green);
    // The one at nine was the only one to ring.
    expect(ringing()).toBe(before + 1);
    expect([await sentAt(date, "09:15:01"), await sentAt(date, "09:30:01")]).toEqual([[], []]);
  });

  it("that closes early the message says so", async () => {
    const [text] = await sentAt("2026-11-27", "08:30:01");
    expect(text).toContain(`${all}\nToday the market closes early, at 13:00.`);
  });
});

describe("on a day without trading nothing is sent", () => {
  it.each([
    ["Saturday", "2026-11-14"],
    ["Thanksgiving Day", "2026-11-26"],
  ])("%s", async (_name, date) => {
    expect(await sentAt(date, "08:30:01")).toEqual([]);
    expect(await sentAt(date, "09:30:01")).toEqual([]);
  });
});

describe("while the chat fails", () => {
  it.each([
    ["2026-11-12", 500],
    ["2026-11-13", "drop"],
  ] as const)(
    "(%s: %s) the scheduler is told so, the message is kept and arrives a few seconds later",
    async (date, what) => {
      const { arrived } = await trouble(date, what);
      await eventually(
        "the failed try",
        async () => (await program.machine(apiToken).status()).chat.lastError !== null,
      );
      expect([verdict(await cron("morning-alert")), arrived()]).toEqual(["503 alert-not-delivered", []]);
      await secondsLater(6);
      await untilTold();
      expect([verdict(await cron("morning-alert")), arrived().length]).toEqual(["200 ok", 1]);
    },
  );

  it("Telegram's wish to wait is respected", async () => {
    const { arrived } = await trouble("2026-11-16", { retryAfter: 40 });
    await eventually("the failed try", async () => (await program.machine(apiToken).status()).chat.lastError !== null);
    const asked = telegram.received.length;
    await secondsLater(30);
    expect([telegram.received.length, arrived()]).toEqual([asked, []]);
    await secondsLater(11);
    await untilTold();
    expect(arrived()).toHaveLength(1);
  });

  it("a bot that was blocked is named with the remedy, and the next slot's message replaces the waiting one", async () => {
    const { arrived } = await trouble("2026-11-17", 403);
    await eventually("the remedy in the log", () =>
      program.stderr().includes("Open the bot in Telegram and press Start."),
    );
    // Nothing says over this channel that it is broken; and once it works there is nothing to say.
    expect(await sentAt("2026-11-17", "09:00:01")).toEqual([`${opensAtHalfPastNine}\n${all}${link}`]);
    expect(arrived()).toHaveLength(1);
  });

  it("a message that was on its way when the program was killed is sent after the restart", async () => {
    await sentAt("2026-11-18", "08:00");
    await program.control.setTo(Temporal.Instant.from("2026-11-18T13:30:01Z"));
    telegram.troubleNext("hold");
    const [asked, before] = [telegram.received.length, telegram.messages.length];
    const cut = cron("morning-alert").catch(() => null);
    await eventually("the message on its way", () => telegram.received.length > asked);
    await program.restart();
    await cut;
    await secondsLater(61);
    await untilTold();
    expect(telegram.messages.slice(before).map(({ text }) => text)).toEqual([`${opensAtHalfPastNine}\n${all}${link}`]);
  });
});
