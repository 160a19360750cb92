// The clockwork: who calls when. Holidays are the program's business; it is called on every weekday and decides.
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config.ts";
import type { Identities } from "./identities.ts";
import { cronAudience } from "./names.ts";

/** Persistent: an alert that was not delivered is worth several attempts before the open. */
const morningRetries = {
  retryCount: 3,
  minBackoffDuration: "30s",
  maxBackoffDuration: "300s",
  maxRetryDuration: "1200s",
};
/** The next tick comes anyway. */
const tickRetries = { retryCount: 1, minBackoffDuration: "30s", maxRetryDuration: "120s" };

export function makeSchedule(
  settings: Settings,
  identities: Identities,
  cron: gcp.cloudrunv2.Service,
): gcp.cloudscheduler.Job[] {
  const job = (
    name: string,
    schedule: string,
    path: string,
    retryConfig: gcp.types.input.cloudscheduler.JobRetryConfig,
  ) =>
    new gcp.cloudscheduler.Job(name, {
      name,
      region: settings.region,
      schedule,
      timeZone: "America/New_York",
      attemptDeadline: "120s",
      retryConfig,
      httpTarget: {
        httpMethod: "POST",
        uri: pulumi.interpolate`${cron.uri}${path}`,
        oidcToken: { serviceAccountEmail: identities.scheduler.email, audience: cronAudience },
      },
    });
  return [
    job("morning-alert", "30 8 * * 1-5", "/cron/morning-alert", morningRetries),
    job("morning-follow-up", "0,15,30 9 * * 1-5", "/cron/morning-alert", morningRetries),
    job("tick", "*/5 * * * *", "/cron/tick", tickRetries),
  ];
}
