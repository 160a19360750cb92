import { describe, expect, it } from "vitest";
import { webhookPublisher } from "../../../server/adapters/webhook-publisher.ts";
import { Secret } from "../../../server/domain/secret.ts";
import type { TokenEvent } from "../../../server/domain/token-event.ts";
import { DeliveryError } from "../../../server/ports.ts";
import { at } from "../../support/builders.ts";
import { startWebhookReceiver } from "../../support/webhook-receiver.ts";

const event: TokenEvent = {
  sequence: 7,
  id: "event-7",
  type: "token.renewed",
  at: at("2026-03-10T12:30:00Z"),
  connectionId: "etrade-prod",
  provider: "etrade",
  environment: "prod",
  secretVersion: 3,
  issuedAt: at("2026-03-10T12:29:59Z"),
  expiresAt: at("2026-03-11T04:00:00Z"),
};

async function open(answers: number[] = [], headers: Record<string, string> = {}) {
  const receiver = await startWebhookReceiver(headers);
  receiver.answerNext(...answers);
  const publisher = webhookPublisher(receiver.env.EVENT_WEBHOOK_URL, new Secret(receiver.env.EVENT_WEBHOOK_SECRET));
  return { receiver, publisher };
}

async function refusalOf(publishing: Promise<void>): Promise<DeliveryError> {
  const error: unknown = await publishing.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DeliveryError)) throw new Error("It was published, or failed in another way.");
  return error;
}

describe("webhookPublisher", () => {
  it("signs each delivery as Standard Webhooks has it, under the event's own id", async () => {
    const { receiver, publisher } = await open();
    await publisher.publish(event);
    await publisher.publish(event);
    expect(receiver.deliveries.map(({ id, fault, sequence }) => [id, fault, sequence])).toEqual([
      ["event-7", null, 7],
      ["event-7", null, 7],
    ]);
  });

  it.each([200, 202, 204])("takes %i for taken", async (status) => {
    const { publisher } = await open([status]);
    await expect(publisher.publish(event)).resolves.toBeUndefined();
  });

  it.each([400, 401, 404, 410, 500, 503])("takes %i for not taken, and names the variable", async (status) => {
    const { publisher } = await open([status]);
    const error = await refusalOf(publisher.publish(event));
    expect([error.message, error.retryAfterSeconds]).toEqual([
      `The webhook receiver (EVENT_WEBHOOK_URL) answered ${status}.`,
      null,
    ]);
  });

  it("passes on the receiver's wish to wait", async () => {
    const { publisher } = await open([503], { "retry-after": "120" });
    expect((await refusalOf(publisher.publish(event))).retryAfterSeconds).toBe(120);
  });

  it("follows no redirect with a signed event", async () => {
    const { receiver, publisher } = await open([307], { location: "/elsewhere" });
    await refusalOf(publisher.publish(event));
    expect(receiver.deliveries).toHaveLength(1);
  });

  it("says of a receiver that is not there only that", async () => {
    const publisher = webhookPublisher("http://127.0.0.1:9/canary", new Secret(`whsec_${"A".repeat(32)}`));
    const error = await refusalOf(publisher.publish(event));
    expect(error.message).toBe(
      "The webhook receiver (EVENT_WEBHOOK_URL) can't be reached; check its address and this machine's connection.",
    );
  });

  it.each([
    "http://169.254.169.254/latest/meta-data",
    "http://[fe80::1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[fd00:ec2::254]/",
    "http://0xA9FEA9FE/computeMetadata/v1",
    "http://2852039166/",
  ])("never calls %s, where clouds hand out credentials", async (url) => {
    const publisher = webhookPublisher(url, new Secret(`whsec_${"A".repeat(32)}`));
    const started = performance.now();
    expect((await refusalOf(publisher.publish(event))).message).toContain("can't be reached");
    // Refused before a packet left: nothing had to time out.
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
