import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { pubsubPublisher } from "../../server/adapters/pubsub-publisher.ts";
import { toCloudEvent, type TokenEvent } from "../../server/domain/token-event.ts";
import { DeliveryError } from "../../server/ports.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { startPubsubServer } from "../support/pubsub-server.ts";
import { anEvent } from "./drafts.ts";

async function aTopic(topic = "token-updates") {
  const server = await startPubsubServer({ topics: ["token-updates"] });
  const publisher = pubsubPublisher({ project: "prebell-test", topic, emulatorHost: server.host });
  clearAfterwards(() => publisher.close());
  return { server, publisher };
}

const event = (overrides: Partial<TokenEvent> = {}): TokenEvent => ({ ...anEvent(), sequence: 1, ...overrides });
const ids = (messages: readonly { attributes: Readonly<Record<string, string>> }[]) =>
  messages.map(({ attributes }) => attributes["id"]);

describe("an event published to Pub/Sub", () => {
  it("is a CloudEvent with the attributes that filters need, in the connection's order", async () => {
    const { server, publisher } = await aTopic();
    await publisher.publish(event({ secretVersion: 7 }));
    expect(server.messages).toEqual([
      {
        topic: "projects/prebell-test/topics/token-updates",
        messageId: "1",
        data: JSON.stringify(toCloudEvent(event({ secretVersion: 7 }))),
        orderingKey: "etrade-prod",
        attributes: {
          "content-type": "application/cloudevents+json",
          id: "event-1",
          type: "token.renewed",
          connection: "etrade-prod",
          provider: "etrade",
          environment: "prod",
          secretVersion: "7",
        },
      },
    ]);
  });

  it("names no version before the first renewal", async () => {
    const { server, publisher } = await aTopic();
    await publisher.publish(event({ type: "authorization.needed", secretVersion: null }));
    expect(server.messages[0]?.attributes).not.toHaveProperty("secretVersion");
  });

  it("carries a mark that a filter can see, if it is a fire drill's", async () => {
    const { server, publisher } = await aTopic();
    await publisher.publish(event({ connectionId: "drill" }));
    expect(server.messages[0]?.attributes).toMatchObject({ connection: "drill", drill: "true" });
  });

  it("is acknowledged before the next is sent, so that order holds over connections too", async () => {
    const { server, publisher } = await aTopic();
    const sent = Array.from({ length: 20 }, (_, index) => `event-${index}`);
    for (const [index, id] of sent.entries())
      await publisher.publish(event({ id, sequence: index + 1, connectionId: `etrade-${index % 3}` }));
    expect(ids(server.messages)).toEqual(sent);
    expect(server.counts()["Publish"]).toBe(20);
  });

  it("goes out again after a short outage, by itself", async () => {
    const { server, publisher } = await aTopic();
    server.failNext("Publish", { refuse: "UNAVAILABLE" }, { refuse: "INTERNAL" });
    await publisher.publish(event());
    expect(ids(server.messages)).toEqual(["event-1"]);
  });

  it("is there twice, with one id, after a lost acknowledgement", async () => {
    const { server, publisher } = await aTopic();
    server.failNext("Publish", { loseAnswer: "UNAVAILABLE" });
    await publisher.publish(event());
    expect(ids(server.messages)).toEqual(["event-1", "event-1"]);
  });

  it("is given up within six seconds, and the same connection's next event goes through", async () => {
    const { server, publisher } = await aTopic();
    server.failAll("hold");
    const started = performance.now();
    await expect(publisher.publish(event())).rejects.toThrow(
      "Pub/Sub did not take the event for projects/prebell-test/topics/token-updates: DEADLINE_EXCEEDED.",
    );
    expect(performance.now() - started).toBeLessThan(6_500);
    server.failAll(null);
    await publisher.publish(event({ id: "event-2" }));
    expect(ids(server.messages)).toEqual(["event-2"]);
  });

  it("fails with the topic's name and the remedy where there is no such topic", async () => {
    const { server, publisher } = await aTopic("token-updats");
    const failed = publisher.publish(event());
    await expect(failed).rejects.toThrow(DeliveryError);
    await expect(failed).rejects.toThrow(
      "There is no topic projects/prebell-test/topics/token-updats. Run pulumi up in infra/, or correct PUBSUB_TOPIC.",
    );
    expect(server.counts()["Publish"]).toBe(1);
  });

  it("fails with the role that is missing, and goes through once it is given", async () => {
    const { server, publisher } = await aTopic();
    server.deny(true);
    await expect(publisher.publish(event())).rejects.toThrow("roles/pubsub.publisher");
    server.deny(false);
    await publisher.publish(event());
    expect(ids(server.messages)).toEqual(["event-1"]);
  });

  it("fails with nothing of the message in the error, however it is printed", async () => {
    const { server, publisher } = await aTopic();
    server.failNext("Publish", { refuse: "INVALID_ARGUMENT" });
    const error: unknown = await publisher.publish(event({ id: "CANARY-id" })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DeliveryError);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/CANARY|specversion/);
  });
});

it("a publisher that was never used closes without loading anything", async () => {
  await pubsubPublisher({ project: "p", topic: "t", emulatorHost: null }).close();
});
