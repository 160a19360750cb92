import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { createNotifiers, type NotifierSettings } from "../../../server/adapters/notifiers.ts";
import { pinoLog } from "../../../server/adapters/pino-log.ts";
import { vapidKeysFrom } from "../../../server/adapters/vapid-keys.ts";
import { type Channel, parseChannel } from "../../../server/domain/channel.ts";
import { Secret } from "../../../server/domain/secret.ts";
import { type ChatMessage, DeliveryError } from "../../../server/ports.ts";
import { type Canaries, leaksIn } from "../../support/canaries.ts";
import { listen } from "../../support/listen.ts";

const canaries = {
  botToken: "110201543:AAcanaryCanaryCanaryCanaryCanaryCana",
  smtpPassword: "canarySmtpPassword",
  vapid: vapidKeysFrom("5a".repeat(32)).privateKey.reveal(),
  ntfyToken: "tk_canaryToken0123456789",
  endpoint: "https://web.push.apple.com/canaryEndpoint",
  auth: "canaryAuth_01234567890",
  topic: "canary-topic",
  slack: "slackCanary0123456789012",
  discord: "discordCanary_".repeat(5),
  text: "canary of a text",
  link: "https://prebell.example/canary",
} satisfies Canaries;

// A point on the curve: else nothing would be encrypted, and so nothing sent.
const p256dh = vapidKeysFrom("a5".repeat(32)).publicKey;

const message: ChatMessage = {
  text: canaries.text,
  action: { label: "Renew", url: canaries.link },
  silent: false,
};

function channel(fields: object): Channel {
  const parsed = parseChannel(fields, () => "0".repeat(64));
  if ("fault" in parsed) throw new Error(parsed.fault);
  return parsed;
}

const channels = {
  telegram: channel({ kind: "telegram", chatId: "7654321" }),
  email: channel({ kind: "email", address: "owner@example.com" }),
  push: channel({ kind: "web-push", endpoint: canaries.endpoint, p256dh, auth: canaries.auth }),
  ntfy: channel({ kind: "ntfy", topic: canaries.topic }),
  slack: channel({ kind: "slack", webhookUrl: `https://hooks.slack.com/services/T0000/B0000/${canaries.slack}` }),
  discord: channel({
    kind: "discord",
    webhookUrl: `https://discord.com/api/webhooks/223704706495545344/${canaries.discord}`,
  }),
};

/** A service that refuses and quotes everything it was sent, as badly as one can. */
async function startQuotingServer() {
  const quotes: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const quote = `${request.url} ${JSON.stringify(request.headers)} ${body}`;
      quotes.push(quote);
      response.writeHead(400, { "content-type": "text/plain" }).end(quote);
    });
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, quotes };
}

function settings(url: string, overrides: Partial<NotifierSettings> = {}): NotifierSettings {
  return {
    telegram: { botToken: new Secret(canaries.botToken), apiRoot: url },
    smtp: {
      url: new Secret(`smtp://user:${canaries.smtpPassword}@127.0.0.1:${new URL(url).port}`),
      from: "prebell@example.com",
      timeoutMs: 200,
    },
    webPush: {
      publicKey: vapidKeysFrom("5a".repeat(32)).publicKey,
      privateKey: new Secret(canaries.vapid),
      subject: "https://prebell.example",
      pageUrl: "https://prebell.example",
    },
    ntfy: { url, token: new Secret(canaries.ntfyToken) },
    apiRoot: url,
    print: () => {},
    ...overrides,
  };
}

async function refusalOf(sending: Promise<unknown>): Promise<DeliveryError> {
  const error: unknown = await sending.catch((reason: unknown) => reason);
  if (!(error instanceof DeliveryError)) throw new Error("It was delivered, or failed in another way.");
  return error;
}

describe("createNotifiers", () => {
  it.each(Object.entries(channels))(
    "lets no secret, no address and no text of %s into an error or a log, even where the service quotes it",
    async (_kind, address) => {
      const { url, quotes } = await startQuotingServer();
      const notifier = createNotifiers(settings(url))(address);
      const lines: string[] = [];
      // Nothing is known to this log's scrubber beforehand.
      const log = pinoLog("trace", [], { stream: { write: (line) => void lines.push(line) } });
      // Whether a browser listens can't be asked: that check looks at what is here only.
      const asked = address.kind === "web-push" ? [] : [notifier.check()];
      for (const error of await Promise.all([notifier.send(message), ...asked].map(refusalOf))) {
        log.warn("message-not-sent", { error });
        const seen = {
          message: error.message,
          stack: error.stack ?? "",
          cause: String(error.cause),
          log: lines.join(),
        };
        expect(leaksIn(seen, canaries)).toEqual([]);
      }
      if (address.kind !== "email") expect(quotes.length).toBeGreaterThan(0);
    },
  );

  it.each([
    ["telegram", { telegram: null }, "Telegram is not set up; set TELEGRAM_BOT_TOKEN."],
    ["email", { smtp: null }, "E-mail is not set up; set SMTP_URL and SMTP_FROM."],
    ["push", { webPush: null }, "Web Push is not set up; set VAPID_SUBJECT."],
  ] as const)("says what %s lacks", async (kind, overrides, sentence) => {
    const notifier = createNotifiers(settings("http://127.0.0.1:9", overrides))(channels[kind]);
    expect(notifier.channel).toBe(channels[kind].kind);
    const refusals = await Promise.all([notifier.send(message), notifier.check()].map(refusalOf));
    for (const { message: said, permanent } of refusals) expect([said, permanent]).toEqual([sentence, true]);
  });

  it("gives the operator's token to no other ntfy server, and calls none on this machine", async () => {
    const { url, quotes } = await startQuotingServer();
    // As stored; no person could have named it.
    const stranger: Channel = { kind: "ntfy", id: "ntfy-0", server: url, topic: new Secret(canaries.topic) };
    const own = settings(url, { ntfy: { url: "https://ntfy.sh", token: new Secret(canaries.ntfyToken) } });
    await refusalOf(createNotifiers(own)(stranger).send(message));
    expect(quotes).toEqual([]);
  });

  it("prints for whoever has only the page", async () => {
    const printed: string[] = [];
    const notifier = createNotifiers(settings("http://127.0.0.1:9", { print: (block) => printed.push(block) }));
    await notifier({ kind: "panel", id: "panel" }).send(message);
    expect(printed).toEqual([`${canaries.text}\nRenew: ${canaries.link}`]);
  });
});
