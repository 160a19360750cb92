// How the trading system hears: a signed webhook that is repeated until taken, and an event stream that resumes.
import { beforeAll, describe, expect, it } from "vitest";
import { type Client, verdict } from "../support/program-client.ts";
import { openStream } from "../support/program-stream.ts";
import { type Program, startProgram } from "../support/program.ts";
import { eventually } from "../support/wait.ts";
import { startWebhookReceiver, type WebhookReceiver } from "../support/webhook-receiver.ts";

const apiToken = "an-api-token-for-the-trading-system";
const asTrader = { authorization: `Bearer ${apiToken}` };

let receiver: WebhookReceiver;
let program: Program;
let client: Client;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
  program = await startProgram({ env: { ...receiver.env, API_TOKEN: apiToken } });
  client = await program.signIn();
  await program.renew(client, "etrade-prod");
  await untilDelivered();
});

const renew = () => program.renew(client, "etrade-prod");
const secondsLater = async (seconds: number) => {
  await program.control.advance(Temporal.Duration.from({ seconds }));
  await program.machine(apiToken).post("/cron/tick");
};

async function untilDelivered(): Promise<void> {
  await eventually("every event to be taken", async () => (await client.status()).events.waiting === 0);
}

describe("the webhook", () => {
  it("carries a CloudEvent that the Standard Webhooks library finds signed, and no token", async () => {
    const before = receiver.deliveries.length;
    const { version } = await renew();
    await untilDelivered();
    const [delivery] = receiver.deliveries.slice(before);
    expect(delivery).toMatchObject({ fault: null, type: "token.renewed", version, answered: 200 });
    const event = JSON.parse(delivery?.body ?? "");
    expect(event).toEqual({
      specversion: "1.0",
      id: delivery?.id,
      source: "prebell",
      type: "token.renewed",
      subject: "etrade-prod",
      time: expect.stringMatching(/^2026-06-10T21:/),
      datacontenttype: "application/json",
      data: {
        connection: "etrade-prod",
        provider: "etrade",
        environment: "prod",
        secretVersion: version,
        issuedAt: expect.stringMatching(/^2026-06-10T21:/),
        expiresAt: "2026-06-11T04:00:00Z",
        sequence: delivery?.sequence,
      },
    });
  });

  it("is repeated under the same id until the receiver takes it; later events wait for it", async () => {
    const before = receiver.deliveries.length;
    receiver.answerNext(500, 503, 200);
    const first = await renew();
    await eventually("the first try", () => receiver.deliveries.length === before + 1);
    // The renewal itself is not held up, and the page says that the announcement waits.
    expect(first.outcome).toBe("stored");
    const { token } = await client.connection("etrade-prod");
    expect([token?.version, token?.announcedAt]).toEqual([first.version, null]);
    const second = await renew();
    await secondsLater(5);
    await eventually("the second try", () => receiver.deliveries.length >= before + 2);
    await secondsLater(16);
    await untilDelivered();
    const tries = receiver.deliveries.slice(before);
    expect(tries.map(({ version, answered, fault }) => [version, answered, fault])).toEqual([
      [first.version, 500, null],
      [first.version, 503, null],
      [first.version, 200, null],
      [second.version, 200, null],
    ]);
    expect(new Set(tries.map(({ id }) => id)).size).toBe(2);
    expect((await client.connection("etrade-prod")).token?.announcedAt).not.toBeNull();
  });
});

describe("the event stream", () => {
  it("starts at now, and resumes after the event that the reader saw last", async () => {
    const stream = await openStream(`${program.url}/api/events`, asTrader);
    expect(stream.contentType).toMatch(/^text\/event-stream/);
    await eventually("the stream to flow", () => stream.events.length > 0);
    expect(stream.events).toEqual([{ id: null, event: "changed", data: expect.stringMatching(/^\d+$/) }]);
    const first = await renew();
    const [seen] = await stream.tokenEvents(1);
    expect([seen?.event, JSON.parse(seen?.data ?? "").data.secretVersion]).toEqual(["token.renewed", first.version]);
    stream.close();

    const second = await renew();
    const third = await renew();
    const resumed = await openStream(`${program.url}/api/events`, { ...asTrader, "last-event-id": seen?.id ?? "" });
    const missed = await resumed.tokenEvents(2);
    expect(missed.map(({ data }) => JSON.parse(data).data.secretVersion)).toEqual([second.version, third.version]);
    expect(missed.map(({ id }) => Number(id) - Number(seen?.id))).toEqual([1, 2]);
    resumed.close();
  });

  it("tells the whole story to a reader who asks for it, across a restart", async () => {
    await program.restart();
    const stream = await openStream(`${program.url}/api/events?after=0`, asTrader);
    const last = receiver.deliveries.at(-1)?.sequence ?? 0;
    const events = await stream.tokenEvents(last);
    expect(events.map(({ id }) => Number(id))).toEqual(Array.from({ length: last }, (_, at) => at + 1));
    stream.close();
  });

  it("is not for strangers, and refuses a place that is none", async () => {
    expect(verdict(await program.stranger().get("/api/events"))).toBe("401 not-signed-in");
    expect(verdict(await program.machine(apiToken).get("/api/events", { "last-event-id": "yesterday" }))).toBe(
      "400 bad-query",
    );
  });
});
