// The bot is blocked on the morning that needs its owner: the next channel has the reminder at once, and says what happened.
import { expect, it } from "vitest";
import { startNtfyServer } from "../support/ntfy-server.ts";
import { startProgram } from "../support/program.ts";
import { startTelegramServer } from "../support/telegram-server.ts";
import { eventually } from "../support/wait.ts";

it("who blocked the bot is reached over the next channel at once, and told why", async () => {
  const [telegram, ntfy] = [await startTelegramServer(), await startNtfyServer()];
  telegram.user().block();
  const program = await startProgram({
    // Tuesday, 08:30 in New York: a reminder is due from the first moment.
    at: "2026-06-09T12:30:05Z",
    env: { ...telegram.env, NTFY_URL: ntfy.url, NTFY_TOKEN: ntfy.token, NTFY_TOPIC: ntfy.topic },
  });
  await eventually("both messages", () => ntfy.delivered.length >= 2);

  const texts = ntfy.delivered.map(({ text }) => text);
  expect(texts).toContainEqual(
    expect.stringContaining("🔔 The market opens at 09:30 New York time. Renewal required:"),
  );
  expect(texts).toContainEqual(expect.stringContaining("⚠️ Messages no longer reach you by Telegram chat ••21."));
  expect(ntfy.delivered.map(({ loud }) => loud)).toEqual([true, true]);
  expect([ntfy.faults, telegram.faults]).toEqual([[], []]);
  const messages = await (await program.signIn()).messages();
  // The note of this very sign-in is on its way.
  expect(messages.flatMap(({ kind, state }) => (kind === "entry" ? [] : [state]))).toEqual(["sent", "sent"]);
});
