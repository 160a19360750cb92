// One morning by several channels: set up over HTTP, tested, proven before the first reminder; and when the first one breaks,
// the reminder takes the next at once. Against a strict Telegram, mail server, ntfy and Discord.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AddedChannelReply, ChannelCheckView, ChannelsReply, ChannelView } from "../../server/http/contract.ts";
import { type DiscordServer, startDiscordServer } from "../support/discord-server.ts";
import { type MailServer, startMailServer } from "../support/mail-server.ts";
import { type NtfyServer, startNtfyServer } from "../support/ntfy-server.ts";
import { type Client, good } from "../support/program-client.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { prebell } from "../support/terminal.ts";
import { eventually } from "../support/wait.ts";

const apiToken = "an-api-token-for-the-scheduler";

let telegram: TelegramServer;
let mail: MailServer;
let ntfy: NtfyServer;
let discord: DiscordServer;
let program: Program;
let owner: Client;
/** What was added, by kind. */
const added = new Map<string, string>();

beforeAll(async () => {
  [telegram, mail, ntfy, discord] = await Promise.all([
    startTelegramServer(),
    startMailServer({ open: true, startTls: false }),
    startNtfyServer(),
    startDiscordServer(),
  ]);
  program = await startProgram({
    at: "2026-06-08T21:00:00Z", // Monday, after the close
    env: {
      ...telegram.env,
      API_TOKEN: apiToken,
      SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      SMTP_FROM: mail.from,
      NTFY_URL: ntfy.url,
      NTFY_TOKEN: ntfy.token,
      CHANNEL_API_ROOT: discord.url,
    },
  });
  owner = await program.signIn();
});

afterAll(() => {
  expect([telegram, mail, ntfy, discord].flatMap(({ faults }) => faults)).toEqual([]);
  expect(program.output()).not.toContain(ntfy.topic);
  expect(program.output()).not.toContain("discordCanary");
});

/** 08:00 in New York is 12:00Z. */
async function at(instant: string): Promise<void> {
  await program.control.setTo(Temporal.Instant.from(instant));
  await program.machine(apiToken).post("/cron/tick");
}

/** Everything that arrived, by channel. */
const arrived = () => [telegram.messages, mail.delivered, ntfy.delivered, discord.delivered];

const list = () => good<ChannelsReply>(owner.get("/api/channels"));
const test = (id: string) => good<ChannelCheckView>(owner.post(`/api/channels/${id}/test`));

async function channel(id: string): Promise<ChannelView> {
  const found = (await list()).channels.find((each) => each.id === id);
  if (found === undefined) throw new Error(`There is no channel ${id}.`);
  return found;
}

/** Nothing is under way: to a clock that is moved on, whoever still sends would count as dead. */
async function untilTold(): Promise<void> {
  await eventually("the messages to be sent", async () => (await owner.status()).chat.waiting === 0);
}

const started = (text: string) => expect.stringMatching(new RegExp(`^${text}`));

describe("setting channels up", () => {
  it("adds what answers, refuses what does not, and keeps the order that is wished", async () => {
    const add = async (kind: string, fields: object) => {
      const reply = await good<AddedChannelReply>(owner.post("/api/channels", { kind, ...fields }));
      added.set(kind, reply.added);
    };
    await add("email", { address: mail.mailbox });
    await add("ntfy", { topic: ntfy.topic });
    await add("discord", { webhookUrl: discord.webhookUrl });
    const gone = discord.webhookUrl.replace("discordCanary", "discordGone12");
    const refused = await owner.post("/api/channels", { kind: "discord", webhookUrl: gone });
    expect([refused.status, refused.code]).toEqual([422, "channel-unreachable"]);

    const ids = ["telegram", added.get("ntfy"), added.get("email"), added.get("discord")];
    const { channels } = await good<ChannelsReply>(owner.post("/api/channels/order", { ids }));
    expect(channels.map(({ id, lastCheck }) => [id, lastCheck?.failure ?? null])).toEqual(ids.map((id) => [id, null]));
  });

  it("a test arrives by its channel alone and tells how long it took", async () => {
    // The chat has told of the sign-in already.
    const before = arrived().map((each) => each.length);
    const results = [];
    for (const id of ["telegram", ...added.values()])
      // oxlint-disable-next-line no-await-in-loop -- one after the other, as a person taps
      results.push(await test(id));
    expect(results.map(({ by, failure, seconds }) => [by, failure, seconds > 0])).toEqual(
      Array.from({ length: 4 }, () => ["test", null, true]),
    );
    expect(arrived().map((each, index) => each.slice(before[index]).map(({ text }) => text))).toEqual([
      [started("🔔 A test from Prebell by Telegram chat ••21")],
      [started("🔔 A test from Prebell by e-mail o••@example.com")],
      [started("🔔 A test from Prebell by ntfy topic ••789")],
      [started("🔔 A test from Prebell by Discord")],
    ]);
  });
});

describe("the morning", () => {
  it("before the first reminder every channel is looked at, and nothing is sent", async () => {
    const before = telegram.messages.length + ntfy.delivered.length + mail.delivered.length;
    await at("2026-06-09T12:00:01Z");
    const looked = await eventually("the look at every channel", async () => {
      const checks = (await list()).channels.map(({ lastCheck }) => lastCheck);
      return checks.every((check) => check?.by === "look" && check.at > "2026-06-09") && checks;
    });
    expect(looked.map((check) => check?.failure)).toEqual([null, null, null, null]);
    expect(telegram.messages.length + ntfy.delivered.length + mail.delivered.length).toBe(before);
    const { stdout } = await prebell(program, ["doctor"]);
    expect(stdout).toContain("All 4 channels were found in order");
  });

  it("somebody who blocks the bot hears of it by the next channel, and gets the reminder there at once", async () => {
    const before = ntfy.delivered.length;
    telegram.user().block();
    await eventually("the alarm", () => ntfy.delivered.length > before);
    await untilTold();
    await at("2026-06-09T12:30:01Z");
    await untilTold();
    expect(ntfy.delivered.slice(before)).toEqual([
      expect.objectContaining({ loud: true, text: started("⚠️ Messages no longer reach you by Telegram chat ••21.") }),
      expect.objectContaining({ loud: true, text: started("🔔 The market opens at 09:30 New York time.") }),
    ]);
    expect(program.output()).toContain("channel-broken");
  });

  it("the page shows the way each message took", async () => {
    const messages = await owner.messages();
    const reminder = messages.find(({ kind }) => kind === "renewal-required");
    expect(reminder).toMatchObject({
      to: "Owner",
      state: "sent",
      channel: "ntfy topic ••789",
      tries: [
        { channel: "Telegram chat ••21", failure: started("Telegram refused: 403") },
        { channel: "ntfy topic ••789", failure: null },
      ],
    });
    expect((await channel("telegram")).lastFailure?.sentence).toContain("403");
    expect((await channel(added.get("ntfy") ?? "")).deliveries).toHaveLength(2);
  });

  it("the next one begins with the alarm, before anybody has to be asked", async () => {
    const before = ntfy.delivered.length;
    await at("2026-06-10T12:00:01Z");
    console.log(
      JSON.stringify((await owner.get("/api/messages")).text.slice(0, 1500)),
      JSON.stringify((await list()).channels.map((c) => c.lastCheck)),
      program.output().slice(-3000),
    );
    await eventually("the alarm", () => ntfy.delivered.length > before);
    await untilTold();
    expect(ntfy.delivered.slice(before).map(({ text }) => text)).toEqual([
      started("⚠️ Messages no longer reach you by Telegram chat ••21"),
    ]);
    expect((await channel("telegram")).lastCheck).toMatchObject({ by: "look", failure: started("Telegram refused") });
    const { stdout, code } = await prebell(program, ["doctor"]);
    expect([code, stdout]).toEqual([1, expect.stringContaining("Owner, Telegram chat ••21")]);
  });
});
