// Pub/Sub's publishing end on this machine, as strict as Google's, and a view of what a subscriber would be given.
import { Refused, startGoogleWire, type TlsSettings, type Wire } from "./google-wire.ts";

export interface PublishedMessage {
  readonly topic: string;
  readonly messageId: string;
  readonly data: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly orderingKey: string;
}

export interface PubsubServer extends Wire {
  /** Everything taken, in order, what was sent twice included; the newest last. */
  readonly messages: readonly PublishedMessage[];
  /** Takes the right to publish away, or gives it back. */
  deny(denied: boolean): void;
}

interface PublishRequest {
  readonly topic: string;
  readonly messages: readonly {
    readonly data: Buffer;
    readonly attributes: Readonly<Record<string, string>>;
    readonly orderingKey: string;
  }[];
}

// https://cloud.google.com/pubsub/quotas#resource_limits
const mostMessages = 1_000;
const mostBytes = 10_000_000;
const mostAttributes = 100;
const longestKeyBytes = 256;
const longestValueBytes = 1_024;
const longestOrderingKeyBytes = 1_024;

export async function startPubsubServer(
  settings: { readonly topics?: readonly string[]; readonly project?: string; readonly tls?: TlsSettings } = {},
): Promise<PubsubServer> {
  const project = settings.project ?? "prebell-test";
  const topics = new Set((settings.topics ?? []).map((topic) => `projects/${project}/topics/${topic}`));
  const messages: PublishedMessage[] = [];
  let forbidden = false;

  const wire = await startGoogleWire({
    protos: "@google-cloud/pubsub-api/build/protos/protos.json",
    service: "google.pubsub.v1.Publisher",
    tls: settings.tls,
    methods: (method) => ({
      Publish: method("Publish")((request: PublishRequest) => {
        if (!/^projects\/[^/]+\/topics\/[A-Za-z][\w.~+%-]{2,254}$/.test(request.topic))
          throw new Refused("INVALID_ARGUMENT", "The topic's name has a wrong form.");
        if (forbidden) throw new Refused("PERMISSION_DENIED", "User not authorized to perform this action.");
        if (!topics.has(request.topic)) throw new Refused("NOT_FOUND", "Resource not found.");
        const fault = faultOf(request);
        if (fault !== null) throw new Refused("INVALID_ARGUMENT", fault);
        const messageIds = request.messages.map(({ data, attributes, orderingKey }) => {
          const messageId = String(messages.length + 1);
          messages.push({
            topic: request.topic,
            messageId,
            data: data.toString("utf8"),
            attributes: { ...attributes },
            orderingKey,
          });
          return messageId;
        });
        return { messageIds };
      }),
    }),
  });

  return {
    ...wire,
    messages,
    deny(denied) {
      forbidden = denied;
    },
  };
}

function faultOf({ messages }: PublishRequest): string | null {
  if (messages.length === 0 || messages.length > mostMessages) return "A request carries 1 to 1,000 messages.";
  let bytes = 0;
  for (const { data, attributes, orderingKey } of messages) {
    const pairs = Object.entries(attributes);
    if (data.length === 0 && pairs.length === 0) return "A message needs data or an attribute.";
    if (pairs.length > mostAttributes) return "A message has more than 100 attributes.";
    if (Buffer.byteLength(orderingKey) > longestOrderingKeyBytes) return "The ordering key exceeds 1,024 bytes.";
    for (const [key, value] of pairs) {
      if (key === "" || Buffer.byteLength(key) > longestKeyBytes) return "An attribute's key has 1 to 256 bytes.";
      if (key.startsWith("goog")) return "Attributes that begin with goog are reserved.";
      if (Buffer.byteLength(value) > longestValueBytes) return "An attribute's value exceeds 1,024 bytes.";
      bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
    }
    bytes += data.length + Buffer.byteLength(orderingKey);
  }
  return bytes > mostBytes ? "The request exceeds 10 MB." : null;
}
