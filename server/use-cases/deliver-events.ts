// Brings events to the trading system in order, until it took them. Without a webhook, recording them is delivery:
// readers fetch them from the event stream, which resumes where they left it.
import type { Dependencies } from "./dependencies.ts";
import { DeliveryError } from "../ports.ts";
import { deliveryLease, retryDelay } from "./delivery-retry.ts";

type Needs = Pick<Dependencies, "clock" | "outbox" | "publisher" | "log">;

/** Returns how many were delivered; stops at the first that was not, so that order holds. */
export async function deliverEvents(deps: Needs): Promise<{ delivered: number; waiting: number }> {
  let delivered = 0;
  for (;;) {
    const now = deps.clock();
    const event = await deps.outbox.takeEvent(now, now.add(deliveryLease));
    if (event === null) return { delivered, waiting: 0 };
    try {
      await deps.publisher?.publish(event);
    } catch (error) {
      const wished = error instanceof DeliveryError ? error.retryAfterSeconds : null;
      const attempts = event.attempts + 1;
      await deps.outbox.settleEvent(event.sequence, { outcome: "retry", at: now.add(retryDelay(attempts, wished)) });
      deps.log.warn("event-not-delivered", { connection: event.connectionId, reason: event.type, attempts, error });
      return { delivered, waiting: 1 };
    }
    await deps.outbox.settleEvent(event.sequence, { outcome: "delivered", at: deps.clock(), text: null });
    delivered += 1;
    if (deps.publisher !== null)
      deps.log.info("event-delivered", { connection: event.connectionId, reason: event.type });
  }
}
