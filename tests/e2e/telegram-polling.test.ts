// On a laptop, which Telegram can't reach, the program fetches what the owner writes: answered once, and ended in an orderly way.
import { afterEach, beforeAll, expect, it } from "vitest";
import { type Program, startProgram } from "../support/program.ts";
import { askTelegram } from "../support/telegram-ends.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { eventually } from "../support/wait.ts";

let telegram: TelegramServer;
let program: Program;

beforeAll(async () => {
  telegram = await startTelegramServer();
  program = await startProgram({ env: telegram.env });
});
afterEach(() => expect(telegram.faults).toEqual([]));

const me = () => telegram.user();
const answers = () =>
  me()
    .messages.filter(({ by }) => by === "bot")
    .map(({ text }) => text.split("\n")[0]);

it("the menu of commands is set at start", async () => {
  await eventually("the menu", () => telegram.settings.commands().length > 0);
  const names = telegram.settings.commands().map(({ command }) => command);
  expect(names).toEqual(expect.arrayContaining(["status", "renew", "snooze", "keepalive", "help"]));
});

it("the owner is answered, and nobody else", async () => {
  telegram.user(42, "Sam").write("/status");
  me().write("/status");
  await telegram.delivered();
  expect(answers()).toEqual(["E*TRADE production: 🔔 needs you"]);
  expect(telegram.user(42).messages).toHaveLength(1);
});

it("what was written while the program was killed is answered after the start, and what was answered is not again", async () => {
  await program.kill();
  telegram.updates.repeatLast();
  me().write("/help");
  await program.restart();
  await telegram.delivered();
  expect(answers()).toEqual(["E*TRADE production: 🔔 needs you", expect.stringContaining("Prebell keeps")]);
});

it("a webhook that somebody set is left alone; the terminal says where the messages go and what to do", async () => {
  const url = "https://prebell-k2x.a.run.app/telegram/webhook";
  await askTelegram(telegram, "setWebhook", { url });
  await eventually("the word at the terminal", () => program.stdout().includes(`Telegram delivers it to ${url}`));
  expect(telegram.settings.webhook().url).toBe(url);
  expect(program.stderr()).toContain('"reason":"webhook-set"');
  expect(program.output()).not.toContain(telegram.env.TELEGRAM_BOT_TOKEN);
});

it("it ends within a second, though an answer of Telegram's is outstanding", async () => {
  await askTelegram(telegram, "deleteWebhook", {});
  const other = await startTelegramServer();
  const laptop = await startProgram({ env: other.env });
  await eventually("the long poll", () => other.polls() > 0);
  const begin = performance.now();
  expect(await laptop.stop()).toBe(0);
  expect(performance.now() - begin).toBeLessThan(1000);
});
