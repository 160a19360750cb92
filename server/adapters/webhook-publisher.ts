// Publisher over a signed webhook (standardwebhooks.com): webhook-id is the event's id, so a repetition can be told.
import { Webhook } from "standardwebhooks";
import type { Secret } from "../domain/secret.ts";
import { toCloudEvent } from "../domain/token-event.ts";
import { DeliveryError, type Publisher } from "../ports.ts";
import { callChannel } from "./channel-request.ts";

const name = "The webhook receiver (EVENT_WEBHOOK_URL)";

export function webhookPublisher(url: string, secret: Secret): Publisher {
  const webhook = new Webhook(secret.reveal());

  return {
    async publish(event) {
      const body = JSON.stringify(toCloudEvent(event));
      // The time of sending by the machine's clock, not the practice brokers': receivers refuse what is minutes off.
      const sentAt = new Date();
      const answer = await callChannel(name, {
        url,
        body,
        headers: {
          "content-type": "application/cloudevents+json; charset=utf-8",
          "content-length": Buffer.byteLength(body),
          "webhook-id": event.id,
          "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
          "webhook-signature": webhook.sign(event.id, sentAt, body),
        },
      });
      if (answer.status >= 200 && answer.status < 300) return;
      throw new DeliveryError(`${name} answered ${answer.status}.`, { retryAfterSeconds: answer.retryAfterSeconds });
    },
  };
}
