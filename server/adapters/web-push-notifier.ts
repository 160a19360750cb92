// Notifier over Web Push (RFC 8030), encrypted for one browser (RFC 8291). web-push is loaded at the first message. The text
// is in the form of declarative Web Push, which newer iPhones show by themselves and a service worker reads just as well.
import { pushServiceOf } from "../domain/channel-address.ts";
import type { Secret } from "../domain/secret.ts";
import { shortened, utf8Length } from "../domain/shortened.ts";
import { type ChatMessage, DeliveryError, type Notifier } from "../ports.ts";
import { callChannel, channelRefusal } from "./channel-request.ts";
import type { VapidKeys } from "./vapid-keys.ts";

export interface WebPushSettings extends VapidKeys {
  /** Whom a push service may turn to: `mailto:` or https (RFC 8292 §2.1). */
  readonly subject: string;
  /** Opened by a tap where the message leads nowhere. */
  readonly pageUrl: string;
  /** For tests: a server that stands in for the push services. */
  readonly apiRoot: string | null;
  readonly timeoutMs?: number;
}

export interface PushSubscription {
  readonly endpoint: Secret;
  readonly p256dh: Secret;
  readonly auth: Secret;
}

const name = "Web Push";

/** A phone that was off over night still hears of the morning. */
const lifetimeSeconds = 12 * 60 * 60;

/** 4096 bytes have to be taken (RFC 8030 §7.2); header, tag and delimiter of RFC 8188 take 103 of them. */
const longestPayload = 4096 - 103;

const contentEncoding = "aes128gcm";

const againRemedy = "switch notifications off and on again on that device.";

export function webPushNotifier(settings: WebPushSettings, subscription: PushSubscription): Notifier {
  const { apiRoot, timeoutMs } = settings;

  /** Everything but the call itself, which needs no network. */
  async function prepare(message: ChatMessage) {
    const endpoint = subscription.endpoint.reveal();
    // Checked when it was stored; that list may have become shorter since.
    const service = pushServiceOf(endpoint);
    if (service === null)
      throw new DeliveryError(`${name} knows no such push service; ${againRemedy}`, { permanent: true });
    const { default: webPush } = await import("web-push");
    try {
      const keys = { p256dh: subscription.p256dh.reveal(), auth: subscription.auth.reveal() };
      const { headers, body } = webPush.generateRequestDetails({ endpoint, keys }, payload(message, settings.pageUrl), {
        contentEncoding,
        TTL: lifetimeSeconds,
        urgency: message.silent ? "low" : "high",
      });
      const { subject, publicKey, privateKey } = settings;
      const { origin } = new URL(endpoint);
      const proof = webPush.getVapidHeaders(origin, subject, publicKey, privateKey.reveal(), contentEncoding);
      return { service, endpoint, headers: { ...headers, ...proof }, body: body ?? Buffer.alloc(0) };
    } catch {
      throw new DeliveryError(`${name} can't encrypt for this browser, whose keys are damaged; ${againRemedy}`, {
        permanent: true,
      });
    }
  }

  return {
    channel: "web-push",
    async send(message) {
      const { endpoint, headers, body } = await prepare(message);
      const answer = await callChannel(name, { url: endpoint, headers, body, apiRoot, timeoutMs });
      // 201, or 202 where a receipt is asked for; 200 is what proxies answer in its place.
      if (answer.status === 201 || answer.status === 202) return null;
      throw channelRefusal(name, answer, againRemedy);
    },
    async check() {
      const { service } = await prepare({ text: "", action: null, silent: true });
      return `The subscription of ${service} is whole; whether the browser still listens shows with the first message.`;
    },
  };
}

function payload({ text, action, silent }: ChatMessage, pageUrl: string): string {
  const withBody = (body: string) =>
    JSON.stringify({
      web_push: 8030,
      notification: {
        title: "Prebell",
        body,
        lang: "en",
        navigate: action?.url ?? pageUrl,
        silent,
        ...(action === null ? {} : { actions: [{ action: "open", title: action.label, navigate: action.url }] }),
      },
    });
  const room = longestPayload - utf8Length(withBody(""));
  return withBody(shortened(text, room, (part) => utf8Length(JSON.stringify(part)) - 2));
}
