// Publisher over a signed webhook (standardwebhooks.com): webhook-id is the event's id, so a repetition can be told.
import { Webhook } from "standardwebhooks";
import type { Secret } from "../domain/secret.ts";
import { toCloudEvent } from "../domain/token-event.ts";
import { DeliveryError, type Publisher } from "../ports.ts";

const timeoutMs = 10_000;

export function webhookPublisher(url: string, secret: Secret): Publisher {
  const webhook = new Webhook(secret.reveal());

  return {
    async publish(event) {
      const body = JSON.stringify(toCloudEvent(event));
      // The time of sending by the machine's clock, not the practice brokers': receivers refuse what is minutes off.
      const sentAt = new Date();
      let response: Response;
      try {
        response = await fetch(url, {
          method: "POST",
          body,
          headers: {
            "content-type": "application/cloudevents+json; charset=utf-8",
            "webhook-id": event.id,
            "webhook-timestamp": String(Math.floor(sentAt.getTime() / 1000)),
            "webhook-signature": webhook.sign(event.id, sentAt, body),
          },
          redirect: "error",
          signal: AbortSignal.timeout(timeoutMs),
        });
      } catch {
        throw new DeliveryError("The webhook receiver (EVENT_WEBHOOK_URL) can't be reached or did not answer in time.");
      }
      await response.body?.cancel();
      if (response.ok) return;
      const retryAfter = Number(response.headers.get("retry-after"));
      throw new DeliveryError(`The webhook receiver (EVENT_WEBHOOK_URL) answered ${response.status}.`, {
        retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
      });
    },
  };
}
