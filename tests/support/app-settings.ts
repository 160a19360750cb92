// What createApp takes besides its dependencies, for tests that need the HTTP side without a whole program.
import { join } from "node:path";
import type { AppSettings } from "../../server/http/app.ts";

/** A program in the cloud that is opened at `origin`, without API token, scheduler and chat. */
export function appSettings(origin: string, overrides: Partial<AppSettings> = {}): AppSettings {
  return {
    origins: new Set([origin]),
    https: origin.startsWith("https:"),
    linkCounts: false,
    pageUrl: origin,
    webPushKey: null,
    channelOffers: { email: true, ntfyServer: "https://ntfy.sh" },
    apiTokens: [],
    cron: null,
    scheduledRun: (_kind, work) => work(),
    telegram: null,
    drillPage: async () => null,
    webRoot: join(import.meta.dirname, "../../web/dist"),
    streaming: false,
    securityContact: null,
    proofPauseMs: null,
    exportRefreshToken: false,
    chat: "panel",
    eventChannel: "pubsub",
    practiceOffsetSeconds: () => null,
    ...overrides,
  };
}
