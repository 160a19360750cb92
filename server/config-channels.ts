// What messages can be sent with: the mail server, Web Push, ntfy, and the owner's own channels where nobody has an account.
import { isVapidPair, type VapidKeys } from "./adapters/vapid-keys.ts";
import type { Variable, Variables } from "./config-variables.ts";
import { Secret } from "./domain/secret.ts";

export interface ChannelsConfig {
  /** The password is in the address. Null: no e-mail. */
  readonly smtp: { readonly url: Secret; readonly from: string } | null;
  /** Null: derived from the installation's key. */
  readonly vapid: VapidKeys | null;
  /** Null: no Web Push, whose services want somebody to turn to. */
  readonly vapidSubject: string | null;
  readonly ntfy: { readonly url: string; readonly token: Secret | null };
  readonly owner: {
    readonly emailTo: string | null;
    readonly ntfyTopic: Secret | null;
    readonly slackWebhookUrl: Secret | null;
    readonly discordWebhookUrl: Secret | null;
  };
  /** For tests: a server that stands in for Slack, Discord and the push services. */
  readonly apiRoot: string | null;
}

/** `pair`: both variables, the first as a secret; null if neither is set. */
export function readChannels(
  values: Variables,
  pair: (first: Variable, second: Variable) => [Secret, string] | null,
  faults: string[],
): ChannelsConfig {
  const smtp = pair("SMTP_URL", "SMTP_FROM");
  const vapid = pair("VAPID_PRIVATE_KEY", "VAPID_PUBLIC_KEY");
  if (values.EMAIL_TO !== undefined && smtp === null)
    faults.push("EMAIL_TO is set without SMTP_URL and SMTP_FROM: nothing could be sent there.");
  if (vapid !== null && !isVapidPair(vapid[1], vapid[0]))
    faults.push("VAPID_PUBLIC_KEY does not belong to VAPID_PRIVATE_KEY. Set both as they were made, or neither.");
  return {
    smtp: smtp === null ? null : { url: smtp[0], from: smtp[1] },
    vapid: vapid === null ? null : { privateKey: vapid[0], publicKey: vapid[1] },
    vapidSubject: values.VAPID_SUBJECT ?? (values.PUBLIC_URL?.startsWith("https://") ? values.PUBLIC_URL : null),
    ntfy: { url: values.NTFY_URL, token: secretOrNull(values.NTFY_TOKEN) },
    owner: {
      emailTo: values.EMAIL_TO ?? null,
      ntfyTopic: secretOrNull(values.NTFY_TOPIC),
      slackWebhookUrl: secretOrNull(values.SLACK_WEBHOOK_URL),
      discordWebhookUrl: secretOrNull(values.DISCORD_WEBHOOK_URL),
    },
    apiRoot: values.CHANNEL_API_ROOT ?? null,
  };
}

/** For the log's scrubber: whole, and the part of an address that makes it one. */
export function channelSecrets({ smtp, vapid, ntfy, owner }: ChannelsConfig): Secret[] {
  const password = smtp === null ? "" : new URL(smtp.url.reveal()).password;
  const webhooks = [owner.slackWebhookUrl, owner.discordWebhookUrl].filter((url) => url !== null);
  return [
    ...(smtp === null ? [] : [smtp.url]),
    ...(password === "" ? [] : [new Secret(decodeURIComponent(password))]),
    ...(vapid === null ? [] : [vapid.privateKey]),
    ...(ntfy.token === null ? [] : [ntfy.token]),
    ...(owner.ntfyTopic === null ? [] : [owner.ntfyTopic]),
    ...webhooks.flatMap((url) => [url, new Secret(new URL(url.reveal()).pathname)]),
  ];
}

function secretOrNull(value: string | undefined): Secret | null {
  return value === undefined ? null : new Secret(value);
}
