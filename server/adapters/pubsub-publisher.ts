// Publisher over Pub/Sub: CloudEvents in structured JSON, in order per connection, acknowledged before it resolves.
// Delivered at least once: after a lost acknowledgement the same event, with the same id, is there twice.
import type { PubSub, Topic } from "@google-cloud/pubsub";
import { isDrill } from "../domain/drill.ts";
import { toCloudEvent, type TokenEvent } from "../domain/token-event.ts";
import { DeliveryError, type Publisher } from "../ports.ts";
import { credentialsRemedy, type GoogleCode, googleCall, GoogleCallError, repeatedFor } from "./google-call.ts";

export interface PubsubSettings {
  readonly project: string;
  /** The topic's name without the project. */
  readonly topic: string;
  /** Null for Google itself. */
  readonly emulatorHost: string | null;
}

// The client's own would go on for ten minutes; the outbox tries again at its own times.
const tryMs = 2_000;
const retryForMs = 4_500;
const totalMs = 6_000;

const publishOptions = {
  messageOrdering: true,
  batching: { maxMessages: 1 },
  gaxOpts: { retry: repeatedFor(tryMs, retryForMs) },
};

interface Connected {
  readonly client: PubSub;
  readonly topic: Topic;
}

/** Loads the client at the first publish and connects then. */
export function pubsubPublisher(settings: PubsubSettings): Publisher & { close(): Promise<void> } {
  let connected: Promise<Connected> | null = null;

  return {
    async publish(event) {
      await googleCall(
        totalMs,
        async () => {
          connected ??= connect(settings);
          const connecting = connected;
          const { topic } = await connecting.catch(() => {
            // The metadata server, or a person, may provide credentials the next time.
            if (connected === connecting) connected = null;
            throw new GoogleCallError("Pub/Sub", "UNAUTHENTICATED");
          });
          try {
            await topic.publishMessage(messageOf(event));
          } catch (error) {
            topic.resumePublishing(event.connectionId);
            throw error;
          }
        },
        (code) => refusal(settings, code),
      );
    },

    async close() {
      const opened = await connected?.catch(() => null);
      await opened?.client.close();
    },
  };
}

async function connect({ project, topic, emulatorHost }: PubsubSettings): Promise<Connected> {
  const { PubSub: Client } = await import("@google-cloud/pubsub");
  const options = {
    projectId: project,
    // Given, it need not be asked of the metadata server.
    universeDomain: "googleapis.com",
    ...(emulatorHost === null ? {} : { apiEndpoint: emulatorHost, emulatorMode: true }),
  };
  const client =
    emulatorHost === null ? new Client({ ...options, auth: await credentials(Client, options) }) : new Client(options);
  return { client, topic: client.topic(topic, publishOptions) };
}

/** Found before anything is published: where there are none, publishing ends the process by an unhandled rejection. */
async function credentials(Client: typeof PubSub, options: { readonly projectId: string }): Promise<PubSub["auth"]> {
  const { auth } = new Client(options);
  await auth.getClient();
  return auth;
}

/** CloudEvents' Pub/Sub binding, structured mode; the other attributes are what a subscription's filter can see. */
function messageOf(event: TokenEvent): object {
  return {
    data: Buffer.from(JSON.stringify(toCloudEvent(event)), "utf8"),
    orderingKey: event.connectionId,
    attributes: {
      "content-type": "application/cloudevents+json",
      id: event.id,
      type: event.type,
      connection: event.connectionId,
      provider: event.provider,
      environment: event.environment,
      ...(isDrill(event.connectionId) ? { drill: "true" } : {}),
      ...(event.secretVersion === null ? {} : { secretVersion: String(event.secretVersion) }),
    },
  };
}

/** The client's own error carries the message it was to send; only its status goes on. */
function refusal({ project, topic }: PubsubSettings, code: GoogleCode): DeliveryError {
  const name = `projects/${project}/topics/${topic}`;
  const sentences: Partial<Record<GoogleCode, string>> = {
    NOT_FOUND: `There is no topic ${name}. Run pulumi up in infra/, or correct PUBSUB_TOPIC.`,
    PERMISSION_DENIED: `The service account may not publish to ${name}. Give it roles/pubsub.publisher there: run pulumi up in infra/.`,
    UNAUTHENTICATED: `Pub/Sub knows nobody here. ${credentialsRemedy}.`,
  };
  return new DeliveryError(
    sentences[code] ?? `Pub/Sub did not take the event for ${name}: ${code}. It is tried again.`,
  );
}
