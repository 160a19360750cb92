import { describe, expect, it } from "vitest";
import { vapidKeysFrom } from "../../../server/adapters/vapid-keys.ts";
import { createChannels } from "../../../server/channels.ts";
import { ConfigError, readConfig, secretsOf } from "../../../server/config.ts";

const { publicKey, privateKey } = vapidKeysFrom("5a".repeat(32));

const everything = {
  TELEGRAM_BOT_TOKEN: "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",
  TELEGRAM_CHAT_ID: "7654321",
  SMTP_URL: "smtps://alerts:p%40ss%2Fcanary@smtp.example.com:465",
  SMTP_FROM: "Prebell <alerts@example.com>",
  EMAIL_TO: "owner@example.com",
  VAPID_PUBLIC_KEY: publicKey,
  VAPID_PRIVATE_KEY: privateKey.reveal(),
  VAPID_SUBJECT: "mailto:owner@example.com",
  NTFY_TOKEN: "tk_canary0123456789",
  NTFY_TOPIC: "canary-topic",
  SLACK_WEBHOOK_URL: "https://hooks.slack.com/services/T0000/B0000/slackCanary0123456789012",
  DISCORD_WEBHOOK_URL: `https://discord.com/api/webhooks/223704706495545344/${"discordCanary_".repeat(5)}`,
};

const hash = (text: string) => Buffer.from(text).toString("hex").slice(0, 64).padEnd(64, "0");

function channelsOf(environment: Readonly<Record<string, string>>) {
  return createChannels(readConfig(environment), {
    fingerprint: hash,
    pageUrl: "https://prebell.example",
    print: () => {},
  });
}

function faultOf(environment: Readonly<Record<string, string>>): string {
  try {
    readConfig(environment);
    return "";
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
}

describe("the channels of the configuration", () => {
  it("are none but ntfy's public server where nothing is set", () => {
    expect(readConfig({}).channels).toEqual({
      smtp: null,
      vapid: null,
      vapidSubject: null,
      ntfy: { url: "https://ntfy.sh", token: null },
      owner: { emailTo: null, ntfyTopic: null, slackWebhookUrl: null, discordWebhookUrl: null },
      apiRoot: null,
    });
  });

  it("know each of their secrets and show none when printed", () => {
    const config = readConfig(everything);
    const revealed = secretsOf(config).map((secret) => secret.reveal());
    const { SMTP_URL, VAPID_PRIVATE_KEY, NTFY_TOKEN, NTFY_TOPIC, SLACK_WEBHOOK_URL, DISCORD_WEBHOOK_URL } = everything;
    expect(revealed).toEqual([
      everything.TELEGRAM_BOT_TOKEN,
      SMTP_URL,
      "p@ss/canary",
      VAPID_PRIVATE_KEY,
      NTFY_TOKEN,
      NTFY_TOPIC,
      SLACK_WEBHOOK_URL,
      new URL(SLACK_WEBHOOK_URL).pathname,
      DISCORD_WEBHOOK_URL,
      new URL(DISCORD_WEBHOOK_URL).pathname,
    ]);
    for (const secret of revealed) expect(JSON.stringify(config)).not.toContain(secret);
  });

  it("have the page's address for whom a push service may turn to, where that is on https", () => {
    expect(readConfig({ PUBLIC_URL: "https://prebell.example" }).channels.vapidSubject).toBe("https://prebell.example");
    expect(readConfig({ PUBLIC_URL: "http://127.0.0.1:8080" }).channels.vapidSubject).toBeNull();
    const named = { PUBLIC_URL: "https://prebell.example", VAPID_SUBJECT: "mailto:owner@example.com" };
    expect(readConfig(named).channels.vapidSubject).toBe("mailto:owner@example.com");
  });

  it.each<[string, Record<string, string>, string]>([
    ["a server without a sender", { SMTP_URL: "smtp://127.0.0.1" }, "SMTP_FROM is missing"],
    ["an address without a server", { EMAIL_TO: "a@b.example" }, "EMAIL_TO is set without SMTP_URL and SMTP_FROM"],
    ["half a key", { VAPID_PUBLIC_KEY: publicKey }, "VAPID_PRIVATE_KEY is missing"],
    [
      "a key's wrong half",
      { VAPID_PUBLIC_KEY: vapidKeysFrom("a5".repeat(32)).publicKey, VAPID_PRIVATE_KEY: privateKey.reveal() },
      "VAPID_PUBLIC_KEY does not belong to VAPID_PRIVATE_KEY",
    ],
    ["a web address for a mail server", { SMTP_URL: "https://mail.example" }, "SMTP_URL has to be smtps://"],
    ["a sender without an address", { SMTP_FROM: "Prebell" }, "SMTP_FROM has to be an e-mail address"],
    ["a subject that is neither", { VAPID_SUBJECT: "me" }, "VAPID_SUBJECT has to be mailto:"],
    ["a push subject on this machine", { VAPID_SUBJECT: "https://localhost" }, "VAPID_SUBJECT has to be mailto:"],
    ["ntfy in the clear", { NTFY_URL: "http://ntfy.example.com" }, "NTFY_URL has to be an https address"],
    ["ntfy beneath a path", { NTFY_URL: "https://example.com/ntfy" }, "NTFY_URL has to be an https address"],
    ["a topic with spaces", { NTFY_TOPIC: "a b" }, "NTFY_TOPIC has to be 1 to 64 letters"],
    ["another's webhook", { SLACK_WEBHOOK_URL: "https://evil.example" }, "SLACK_WEBHOOK_URL has to be an incoming"],
    ["no webhook", { DISCORD_WEBHOOK_URL: "https://discord.com" }, "DISCORD_WEBHOOK_URL has to be a webhook"],
    [
      "messages led elsewhere",
      { K_SERVICE: "prebell", CHANNEL_API_ROOT: "http://10.0.0.1" },
      "CHANNEL_API_ROOT is for tests",
    ],
  ])("refuse %s", (_what, environment, sentence) => {
    expect(faultOf(environment)).toContain(sentence);
  });

  it("say nothing of a secret they refuse", () => {
    const wrong = { SMTP_URL: "smtp://user:canary#pass@h", NTFY_TOKEN: "canary", SLACK_WEBHOOK_URL: "https://canary" };
    expect(faultOf(wrong)).not.toContain("canary");
  });

  it("allow ntfy in the clear on this machine", () => {
    expect(readConfig({ NTFY_URL: "http://127.0.0.1:2586/" }).channels.ntfy.url).toBe("http://127.0.0.1:2586");
  });
});

describe("createChannels", () => {
  it("gives the owner every channel that is set, besides their chat", () => {
    expect(channelsOf(everything).configured.map(({ kind }) => kind)).toEqual(["email", "ntfy", "slack", "discord"]);
    expect(channelsOf({}).configured).toEqual([]);
  });

  it("subscribes browsers with a key of its own where none is set, and with none where nobody can be turned to", () => {
    expect(channelsOf(everything).webPushKey).toBe(publicKey);
    const own = channelsOf({ PUBLIC_URL: "https://prebell.example" });
    expect(own.webPushKey).toMatch(/^B[\w-]{86}$/);
    expect(own.webPushKey).toBe(channelsOf({ VAPID_SUBJECT: "mailto:a@b.example" }).webPushKey);
    expect(channelsOf({}).webPushKey).toBeNull();
  });
});
