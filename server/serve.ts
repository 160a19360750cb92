// The HTTP side of a composed Prebell, the same on a laptop and in the cloud.
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { getRequestListener } from "@hono/node-server";
import { httpHeartbeat } from "./adapters/heartbeat.ts";
import { originsOf } from "./addresses.ts";
import type { Prebell } from "./composition.ts";
import type { Config } from "./config.ts";
import { configuredTokens } from "./configured-tokens.ts";
import type { ChannelKind } from "./ports.ts";
import { createApp } from "./http/app.ts";
import type { FoundPracticeBroker } from "./practice/find-practice-broker.ts";
import type { Dependencies } from "./use-cases/dependencies.ts";
import { createScheduledRun } from "./use-cases/scheduled-run.ts";

type Fetch = (request: Request, env: object) => Response | Promise<Response>;

/** Hosting ends a request after 60 s; what the channels did not take by then waits for the next tick. */
const longestDelivery = 20_000;

export function createListener(
  config: Config,
  prebell: Prebell,
  practice: FoundPracticeBroker | null,
): RequestListener {
  const { deps } = prebell;
  const { heartbeatUrl, telegram } = config;
  const app = createApp(deps, {
    origins: originsOf(config),
    webPushKey: prebell.webPushKey,
    channelOffers: { email: config.channels.smtp !== null, ntfyServer: config.channels.ntfy.url },
    https: config.publicUrl?.startsWith("https://") ?? false,
    pageUrl: prebell.pageUrl,
    drillPage: (drillId, request) => prebell.drillPage(drillId, request),
    // On a machine of their own whoever reads its terminal is its owner; on the internet only a passkey says so.
    linkCounts: config.publicUrl === null,
    apiTokens: configuredTokens(config, deps),
    cron: config.cron ?? (config.storage === "local" ? "api-token" : null),
    scheduledRun: createScheduledRun(deps, {
      heartbeat: heartbeatUrl === null ? null : () => httpHeartbeat(heartbeatUrl),
      quietFor: null,
    }),
    telegram:
      telegram?.webhookSecret && prebell.receiveUpdate
        ? { webhookSecret: telegram.webhookSecret, receive: prebell.receiveUpdate }
        : null,
    webRoot: join(import.meta.dirname, "../web/dist"),
    chat: firstChannel(config, deps),
    eventChannel: config.storage === "google" ? "pubsub" : config.webhook === null ? "stream" : "webhook",
    securityContact: config.securityContact,
    // Through Hosting a stream never arrives, and each of its looks would be a paid read.
    streaming: config.storage !== "google",
    exportRefreshToken: config.exportRefreshToken,
    // A little more than the pause that the domain asks for after a silent answer.
    proofPauseMs: config.storage === "google" ? 5200 : null,
    practiceOffsetSeconds: () => (practice === null ? null : Math.round(practice.clock.offset().total("seconds"))),
  });
  const fetch: Fetch = (request, env) => app.fetch(request, env);
  return getRequestListener(config.storage === "google" ? deliveringBefore(fetch, prebell) : fetch);
}

/** Between requests Cloud Run gives no processor: what a request set going has to end before its answer. */
function deliveringBefore(fetch: Fetch, prebell: Prebell): Fetch {
  return async (request, env) => {
    const response = await fetch(request, env);
    const limit = new Promise((resolve) => setTimeout(resolve, longestDelivery).unref());
    await Promise.race([prebell.settled(), limit]);
    return response;
  };
}

/** What the first person is told by first. */
function firstChannel({ telegram }: Config, { configuredChannels }: Dependencies): ChannelKind {
  return telegram === null ? (configuredChannels[0]?.kind ?? "panel") : "telegram";
}
