// Pure. A channel is one person's address where messages reach them. What whoever holds it could misuse is wrapped.
import {
  isDiscordWebhook,
  isEmailAddress,
  isNtfyTopic,
  isSlackWebhook,
  ntfyServerOf,
  pushServiceOf,
} from "./channel-address.ts";
import { Secret } from "./secret.ts";

type Address =
  | { readonly kind: "panel" }
  | { readonly kind: "telegram"; readonly chatId: string }
  | { readonly kind: "email"; readonly address: string }
  /** One browser's subscription: where to send, and the keys that only it can read with. */
  | { readonly kind: "web-push"; readonly endpoint: Secret; readonly p256dh: Secret; readonly auth: Secret }
  /** `server`: an origin, or null for the operator's. Whoever knows the topic reads along, and can write to it. */
  | { readonly kind: "ntfy"; readonly server: string | null; readonly topic: Secret }
  | { readonly kind: "slack"; readonly webhookUrl: Secret }
  | { readonly kind: "discord"; readonly webhookUrl: Secret };

/** `id` names it in records and logs: the same for the same address, and nothing can be read from it. */
export type Channel = Address & { readonly id: string };

/** The form that is stored, sealed: with every secret in plain text. */
export type PlainChannel = { readonly id: string } & (
  | { readonly kind: "panel" }
  | { readonly kind: "telegram"; readonly chatId: string }
  | { readonly kind: "email"; readonly address: string }
  | { readonly kind: "web-push"; readonly endpoint: string; readonly p256dh: string; readonly auth: string }
  | { readonly kind: "ntfy"; readonly server: string | null; readonly topic: string }
  | { readonly kind: "slack"; readonly webhookUrl: string }
  | { readonly kind: "discord"; readonly webhookUrl: string }
);

/** The channel somebody asks for, by the fields of `PlainChannel` but the id; or in one sentence why it can't be one. */
export function parseChannel(
  given: unknown,
  /** The installation's keyed hash, in hex. */
  fingerprint: (text: string) => string,
): Channel | { readonly fault: string } {
  const address = parseAddress(given);
  if ("fault" in address) return address;
  const parts = Object.values(address).map((part) => (part instanceof Secret ? part.reveal() : part));
  // A browser that renews its keys keeps its endpoint: it is still the same one.
  const identity = address.kind === "web-push" ? [address.kind, address.endpoint.reveal()] : parts;
  const id =
    address.kind === "panel" ? "panel" : `${address.kind}-${fingerprint(JSON.stringify(identity)).slice(0, 16)}`;
  return { ...address, id };
}

function parseAddress(given: unknown): Address | { readonly fault: string } {
  const fields = new Map<string, unknown>(typeof given === "object" && given !== null ? Object.entries(given) : []);
  const text = (name: string) => {
    const value = fields.get(name);
    return typeof value === "string" ? value.trim() : "";
  };
  switch (text("kind")) {
    case "panel":
      return { kind: "panel" };
    case "telegram": {
      const chatId = text("chatId");
      return /^-?\d{1,19}$/.test(chatId)
        ? { kind: "telegram", chatId }
        : { fault: "The Telegram chat has to be a number; @userinfobot tells yours." };
    }
    case "email": {
      const address = text("address");
      return isEmailAddress(address)
        ? { kind: "email", address }
        : { fault: "The e-mail address has to look like name@example.com." };
    }
    case "web-push": {
      const [endpoint, p256dh, auth] = [text("endpoint"), unpadded(text("p256dh")), unpadded(text("auth"))];
      if (pushServiceOf(endpoint) === null)
        return { fault: "This browser's push service is not one of Google's, Mozilla's, Apple's or Microsoft's." };
      // 65 bytes of an uncompressed point and 16 of a secret (RFC 8291 §3.1, §3.2).
      if (!/^B[\w-]{86}$/.test(p256dh) || !/^[\w-]{22}$/.test(auth))
        return { fault: "The browser's subscription is incomplete; switch notifications off and on again." };
      return { kind: "web-push", endpoint: new Secret(endpoint), p256dh: new Secret(p256dh), auth: new Secret(auth) };
    }
    case "ntfy": {
      const [named, topic] = [text("server"), text("topic")];
      const server = named === "" ? null : ntfyServerOf(named);
      if (named !== "" && server === null)
        return {
          fault: "The ntfy server has to be a public https address without port and path, such as https://ntfy.sh.",
        };
      return isNtfyTopic(topic)
        ? { kind: "ntfy", server, topic: new Secret(topic) }
        : { fault: "The ntfy topic has to be 1 to 64 letters, digits, _ and -, as the app shows it." };
    }
    case "slack": {
      const webhookUrl = text("webhookUrl");
      return isSlackWebhook(webhookUrl)
        ? { kind: "slack", webhookUrl: new Secret(webhookUrl) }
        : { fault: "The Slack webhook has to start with https://hooks.slack.com/services/, as Slack shows it." };
    }
    case "discord": {
      const webhookUrl = text("webhookUrl");
      return isDiscordWebhook(webhookUrl)
        ? { kind: "discord", webhookUrl: new Secret(webhookUrl) }
        : { fault: "The Discord webhook has to start with https://discord.com/api/webhooks/, as Discord shows it." };
    }
    default:
      return { fault: "The channel has to be telegram, email, web-push, ntfy, slack, discord or panel." };
  }
}

/** For the sealed box only. */
export function toPlainChannel(channel: Channel): PlainChannel {
  switch (channel.kind) {
    case "panel":
    case "telegram":
    case "email":
      return { ...channel };
    case "web-push": {
      const { kind, id, endpoint, p256dh, auth } = channel;
      return { kind, id, endpoint: endpoint.reveal(), p256dh: p256dh.reveal(), auth: auth.reveal() };
    }
    case "ntfy":
      return { ...channel, topic: channel.topic.reveal() };
    case "slack":
    case "discord":
      return { ...channel, webhookUrl: channel.webhookUrl.reveal() };
  }
}

/** Out of the sealed box: what went in was checked then. */
export function fromPlainChannel(plain: PlainChannel): Channel {
  switch (plain.kind) {
    case "panel":
    case "telegram":
    case "email":
      return { ...plain };
    case "web-push": {
      const { kind, id, endpoint, p256dh, auth } = plain;
      return { kind, id, endpoint: new Secret(endpoint), p256dh: new Secret(p256dh), auth: new Secret(auth) };
    }
    case "ntfy":
      return { ...plain, topic: new Secret(plain.topic) };
    case "slack":
    case "discord":
      return { ...plain, webhookUrl: new Secret(plain.webhookUrl) };
  }
}

/** What the page and the log may show: enough for its owner to know it again, of no use to anybody else. */
export function channelLabel(channel: Channel): string {
  const tail = channel.id.slice(-4);
  switch (channel.kind) {
    case "panel":
      return "the page";
    case "telegram":
      return `Telegram chat ${masked(channel.chatId)}`;
    case "email": {
      const [name = "", domain = ""] = channel.address.split("@");
      return `e-mail ${name.slice(0, 1)}••@${domain}`;
    }
    case "web-push":
      return `push to ${pushServiceOf(channel.endpoint.reveal()) ?? "a browser"} (${tail})`;
    case "ntfy": {
      const place = channel.server === null ? "" : ` on ${new URL(channel.server).hostname}`;
      return `ntfy topic ${masked(channel.topic.reveal())}${place}`;
    }
    case "slack":
      return `Slack (${tail})`;
    case "discord":
      return `Discord (${tail})`;
  }
}

/** Its last letters: three, but never more than a third. */
function masked(text: string): string {
  const shown = Math.min(3, Math.floor(text.length / 3));
  return `••${shown === 0 ? "" : text.slice(-shown)}`;
}

function unpadded(base64: string): string {
  return base64.replace(/=+$/, "");
}
