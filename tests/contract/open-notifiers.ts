// Each channel's notifier with the stand-in of its service, ready to send.
import { discordNotifier } from "../../server/adapters/discord-notifier.ts";
import { emailNotifier } from "../../server/adapters/email-notifier.ts";
import { ntfyNotifier } from "../../server/adapters/ntfy-notifier.ts";
import { slackNotifier } from "../../server/adapters/slack-notifier.ts";
import { vapidKeysFrom } from "../../server/adapters/vapid-keys.ts";
import { webPushNotifier } from "../../server/adapters/web-push-notifier.ts";
import { Secret } from "../../server/domain/secret.ts";
import { startDiscordServer } from "../support/discord-server.ts";
import { startMailServer } from "../support/mail-server.ts";
import { startNtfyServer } from "../support/ntfy-server.ts";
import { startPushServer } from "../support/push-server.ts";
import { startSlackServer } from "../support/slack-server.ts";
import type { Limits } from "./notifier.contract.ts";

export const vapid = vapidKeysFrom("5a".repeat(32));

export async function mail(limits: Limits = {}) {
  const server = await startMailServer();
  const notifier = emailNotifier({ url: new Secret(server.url), from: server.from, ...limits }, server.mailbox);
  return { server, notifier };
}

export async function push({ keys = vapid, ...limits }: Limits & { keys?: typeof vapid } = {}) {
  const server = await startPushServer(vapid.publicKey);
  const { endpoint, p256dh, auth } = server.subscription;
  const notifier = webPushNotifier(
    {
      ...keys,
      subject: "https://prebell.example",
      pageUrl: "https://prebell.example",
      apiRoot: server.url,
      ...limits,
    },
    { endpoint: new Secret(endpoint), p256dh: new Secret(p256dh), auth: new Secret(auth) },
  );
  return { server, notifier };
}

interface NtfyOverrides extends Limits {
  readonly token?: string;
  readonly topic?: string;
  readonly trusted?: boolean;
  readonly url?: string;
}

export async function ntfy(overrides: NtfyOverrides = {}) {
  const server = await startNtfyServer();
  const { token = server.token, topic = server.topic, trusted = true, url = server.url, ...limits } = overrides;
  const notifier = ntfyNotifier({ url, token: new Secret(token), trusted, ...limits }, new Secret(topic));
  return { server, notifier };
}

export async function slack(limits: Limits = {}) {
  const server = await startSlackServer();
  return { server, notifier: slackNotifier({ apiRoot: server.url, ...limits }, new Secret(server.webhookUrl)) };
}

export async function discord(limits: Limits = {}) {
  const server = await startDiscordServer();
  return { server, notifier: discordNotifier({ apiRoot: server.url, ...limits }, new Secret(server.webhookUrl)) };
}
