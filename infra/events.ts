// How the trading system hears of new tokens: a topic, its subscription, and a place for what could not be delivered.
// Pub/Sub's own schemas are Avro or Protocol Buffers only, so the message's JSON Schema (docs/token-event.schema.json) is
// not attached to the topic.
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config.ts";
import { type Identities, traders } from "./identities.ts";
import { names } from "./names.ts";

export interface Events {
  readonly topic: gcp.pubsub.Topic;
  readonly subscription: gcp.pubsub.Subscription;
  readonly deadLetters: gcp.pubsub.Subscription;
  readonly deadLetterTopic: gcp.pubsub.Topic;
  /** Pub/Sub itself, as what it acts. */
  readonly agent: gcp.projects.ServiceIdentity;
}

const week = "604800s";
/** An empty time means never; the default deletes a subscription that nobody pulled from for 31 days. */
const neverExpires = { ttl: "" };

export function makeEvents(settings: Settings, identities: Identities, dependsOn: pulumi.Resource[]): Events {
  const agent = new gcp.projects.ServiceIdentity(
    "pubsub-agent",
    { project: settings.project, service: "pubsub.googleapis.com" },
    { dependsOn },
  );
  const topic = new gcp.pubsub.Topic(names.topic, { name: names.topic }, { dependsOn });
  const deadLetterTopic = new gcp.pubsub.Topic(names.deadLetterTopic, { name: names.deadLetterTopic }, { dependsOn });
  const deadLetters = new gcp.pubsub.Subscription(names.deadLetterTopic, {
    name: names.deadLetterTopic,
    topic: deadLetterTopic.id,
    messageRetentionDuration: week,
    expirationPolicy: neverExpires,
  });
  const subscription = subscribe(names.tradingSubscription, { topic, deadLetterTopic, agent });

  new gcp.pubsub.TopicIAMMember("dead-letters-publish", {
    topic: deadLetterTopic.name,
    role: "roles/pubsub.publisher",
    member: agent.member,
  });
  new gcp.pubsub.TopicIAMMember("run-publish", {
    topic: topic.name,
    role: "roles/pubsub.publisher",
    member: identities.run.member,
  });
  for (const [who, member] of traders(settings, identities))
    new gcp.pubsub.SubscriptionIAMMember(`${who}-subscribe`, {
      subscription: subscription.name,
      role: "roles/pubsub.subscriber",
      member,
    });
  return { topic, subscription, deadLetters, deadLetterTopic, agent };
}

/** A subscription in order of each connection's events; what fails ten times goes to the dead letters. */
export function subscribe(
  name: string,
  { topic, deadLetterTopic, agent }: Pick<Events, "topic" | "deadLetterTopic" | "agent">,
  more: Partial<gcp.pubsub.SubscriptionArgs> = {},
  dependsOn: pulumi.Resource[] = [],
): gcp.pubsub.Subscription {
  const subscription = new gcp.pubsub.Subscription(
    name,
    {
      name,
      topic: topic.id,
      enableMessageOrdering: true,
      ackDeadlineSeconds: 60,
      messageRetentionDuration: week,
      expirationPolicy: neverExpires,
      retryPolicy: { minimumBackoff: "1s", maximumBackoff: "60s" },
      deadLetterPolicy: { deadLetterTopic: deadLetterTopic.id, maxDeliveryAttempts: 10 },
      ...more,
    },
    { dependsOn },
  );
  // Moving a message to the dead letters means publishing it there and acknowledging it here.
  new gcp.pubsub.SubscriptionIAMMember(`${name}-dead-letters`, {
    subscription: subscription.name,
    role: "roles/pubsub.subscriber",
    member: agent.member,
  });
  return subscription;
}
