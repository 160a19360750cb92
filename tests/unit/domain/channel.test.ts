import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import {
  type Channel,
  channelLabel,
  fromPlainChannel,
  parseChannel,
  toPlainChannel,
} from "../../../server/domain/channel.ts";
import type { ChannelKind } from "../../../server/ports.ts";
import { type Canaries, leaksIn } from "../../support/canaries.ts";

const given = {
  panel: { kind: "panel" },
  telegram: { kind: "telegram", chatId: "7654321" },
  email: { kind: "email", address: "anna.canary@example.com" },
  "web-push": {
    kind: "web-push",
    endpoint: "https://updates.push.services.mozilla.com/wpush/v2/canaryEndpoint",
    p256dh: `B${"canaryKey_".repeat(9).slice(0, 86)}`,
    auth: "canaryAuth_01234567890",
  },
  ntfy: { kind: "ntfy", server: "https://ntfy.example.com/", topic: "canary-topic-bell" },
  slack: { kind: "slack", webhookUrl: "https://hooks.slack.com/services/T0CANARY0/B0CANARY0/slackCanary0123456789012" },
  discord: {
    kind: "discord",
    webhookUrl: `https://discord.com/api/webhooks/223704706495545344/${"discordCanary_".repeat(5)}`,
  },
} satisfies Record<ChannelKind, object>;

const kinds: readonly ChannelKind[] = ["panel", "telegram", "email", "web-push", "ntfy", "slack", "discord"];

const hashed = (text: string) => createHash("sha256").update(text).digest("hex");

function parsed(fields: object, hash: (text: string) => string = hashed): Channel {
  const channel = parseChannel(fields, hash);
  if ("fault" in channel) throw new Error(channel.fault);
  return channel;
}

const id = (fields: object) => parsed(fields).id;

function faultOf(fields: unknown): string {
  const channel = parseChannel(fields, hashed);
  if (!("fault" in channel)) throw new Error("It was taken.");
  return channel.fault;
}

describe("a channel", () => {
  it.each(kinds)("of kind %s goes into the sealed box and out of it unchanged", (kind) => {
    const channel = parsed(given[kind]);
    const stored: ReturnType<typeof toPlainChannel> = JSON.parse(JSON.stringify(toPlainChannel(channel)));
    expect(toPlainChannel(fromPlainChannel(stored))).toEqual(stored);
    expect(channelLabel(fromPlainChannel(stored))).toBe(channelLabel(channel));
    expect(stored).toMatchObject(kind === "ntfy" ? { topic: given.ntfy.topic } : given[kind]);
  });

  it("shows no secret by itself, by its label or by its id", () => {
    const secrets: Canaries = {
      endpoint: "canaryEndpoint",
      p256dh: given["web-push"].p256dh,
      auth: given["web-push"].auth,
      topic: given.ntfy.topic,
      slack: "slackCanary0123456789012",
      discord: "discordCanary_",
    };
    for (const kind of kinds) {
      const channel = parsed(given[kind]);
      const seen = { json: JSON.stringify(channel), label: channelLabel(channel), id: channel.id };
      expect(leaksIn(seen, secrets)).toEqual([]);
    }
  });

  it("is labelled so that its owner knows it again", () => {
    const labels = kinds.map((kind) => channelLabel(parsed(given[kind], () => "0123456789abcdef0000")));
    expect(labels).toEqual([
      "the page",
      "Telegram chat ••21",
      "e-mail a••@example.com",
      "push to Firefox (cdef)",
      "ntfy topic ••ell on ntfy.example.com",
      "Slack (cdef)",
      "Discord (cdef)",
    ]);
    expect(channelLabel(parsed({ kind: "ntfy", topic: "ab" }))).toBe("ntfy topic ••");
  });

  it("has the same id for the same address, and another for another", () => {
    const { "web-push": push, ntfy } = given;
    expect(id(push)).toBe(id({ ...push, auth: "anotherAuth_1234567890" }));
    expect(id(push)).not.toBe(id({ ...push, endpoint: `${push.endpoint}2` }));
    expect(id(ntfy)).toBe(id({ ...ntfy, server: "https://ntfy.example.com" }));
    expect(id(ntfy)).not.toBe(id({ kind: "ntfy", topic: ntfy.topic }));
    expect(id(given.panel)).toBe("panel");
    expect(id(ntfy)).toMatch(/^ntfy-[0-9a-f]{16}$/);
  });

  it.each([
    [null, "The channel has to be telegram, email, web-push, ntfy, slack, discord or panel."],
    ["email", "The channel has to be telegram, email, web-push, ntfy, slack, discord or panel."],
    [{ kind: "fax" }, "The channel has to be telegram, email, web-push, ntfy, slack, discord or panel."],
    [{ kind: "telegram", chatId: 7654321 }, "The Telegram chat has to be a number; @userinfobot tells yours."],
    [{ kind: "email", address: "anna" }, "The e-mail address has to look like name@example.com."],
    [
      { ...given["web-push"], endpoint: "https://127.0.0.1/x" },
      "This browser's push service is not one of Google's, Mozilla's, Apple's or Microsoft's.",
    ],
    [
      { ...given["web-push"], auth: "" },
      "The browser's subscription is incomplete; switch notifications off and on again.",
    ],
    [
      { ...given.ntfy, server: "https://192.168.1.20" },
      "The ntfy server has to be a public https address without port and path, such as https://ntfy.sh.",
    ],
    [
      { kind: "ntfy", topic: "a topic" },
      "The ntfy topic has to be 1 to 64 letters, digits, _ and -, as the app shows it.",
    ],
    [
      { kind: "slack", webhookUrl: "https://evil.example/services/x" },
      "The Slack webhook has to start with https://hooks.slack.com/services/, as Slack shows it.",
    ],
    [
      { kind: "discord", webhookUrl: given.slack.webhookUrl },
      "The Discord webhook has to start with https://discord.com/api/webhooks/, as Discord shows it.",
    ],
  ])("of %j is refused with a reason", (fields, sentence) => {
    expect(faultOf(fields)).toBe(sentence);
  });

  it("forgives the spaces and the padding of a paste", () => {
    const { "web-push": push, email } = given;
    expect(parsed({ kind: "email", address: ` ${email.address}\n` })).toMatchObject({ address: email.address });
    expect(toPlainChannel(parsed({ ...push, auth: `${push.auth}==`, p256dh: `${push.p256dh}=` }))).toMatchObject(push);
  });
});
