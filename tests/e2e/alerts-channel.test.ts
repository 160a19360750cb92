// Where a reminder is read and what leads from it to the page: a button where Telegram allows one, else the plain link.
import { expect, it } from "vitest";
import { startProgram } from "../support/program.ts";
import { startTelegramServer } from "../support/telegram-server.ts";
import { eventually } from "../support/wait.ts";

/** Tuesday, 08:30 in New York: a reminder is due from the first moment. */
const reminderTime = "2026-06-09T12:30:05Z";
const text =
  "🔔 The market opens at 09:30 New York time. Renewal required:\n• E*TRADE production\n• E*TRADE sandbox\n• Schwab production";

it("without a bot the terminal and the page show the text", async () => {
  const program = await startProgram({ at: reminderTime });
  const printed = `${text}\nRenew: ${program.pageUrl}\n`;
  await eventually("the text in the terminal", () => program.stdout().includes(printed));
  const messages = await (await program.signIn()).messages();
  expect(messages.map(({ state, text: shown }) => [state, shown])).toEqual([["sent", text]]);
});

it("with a public https address the reminder has a button, to the Mini App, and no bare link", async () => {
  const telegram = await startTelegramServer();
  await startProgram({ at: reminderTime, env: { ...telegram.env, PUBLIC_URL: "https://prebell.example.com/" } });
  await eventually("the reminder", () => telegram.messages.length > 0);
  expect(telegram.messages).toEqual([
    { text, silent: false, button: { text: "Renew", url: "https://prebell.example.com/mini" } },
  ]);
  expect(telegram.faults).toEqual([]);
});

it("with an address for which Telegram allows no button, the link stands in the text", async () => {
  const telegram = await startTelegramServer();
  await startProgram({ at: reminderTime, env: { ...telegram.env, PUBLIC_URL: "https://127.0.0.1:8443" } });
  await eventually("the reminder", () => telegram.messages.length > 0);
  expect(telegram.messages).toEqual([
    { text: `${text}\n\nRenew: https://127.0.0.1:8443`, silent: false, button: null },
  ]);
  expect(telegram.faults).toEqual([]);
});
