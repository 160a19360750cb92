// Which log lines count. The program writes `message` (what happened), `severity` and a few fields, one JSON line each.
import { names } from "./names.ts";

const web = of(names.service);
const cron = of(names.cronService);

/** A run of the clockwork that left nothing to be tried again. */
const ran = (what: "morning-alert" | "tick") =>
  `${cron} AND jsonPayload.message="cron-run" AND jsonPayload.reason="${what}" AND jsonPayload.outcome="ok"`;

/** The log-based metrics, counts of lines, by name. */
export const counters = { prebell_morning_alert_ok: ran("morning-alert"), prebell_tick_ok: ran("tick") };

/** Written at each tick per connection without a living token while the market is open. */
export const tokenPastDue = `${cron} AND jsonPayload.message="token-past-due"`;

/** Written when a channel to a person takes messages no more: by a look each trading morning, or by a message itself. */
export const channelBroken = `(${web} OR ${cron}) AND jsonPayload.message=("channel-broken" OR "chat-blocked")`;

/** Written for every attempt that failed. */
export const schedulerFailed = `resource.type="cloud_scheduler_job" AND severity>=ERROR`;

/** What the program calls an error, and a crash. Failed requests are counted elsewhere, and what has its own alarm too. */
export const programErrors = [
  `(${web} OR ${cron})`,
  `(severity>=ERROR OR jsonPayload.message="mirror-failed")`,
  `NOT jsonPayload.message=("token-past-due" OR "channel-broken" OR "chat-blocked")`,
  `NOT log_id("run.googleapis.com/requests")`,
].join(" AND ");

/** Reads of secrets by anybody but these; from the Data Access log, which secrets.ts switches on. */
export function strangers(known: readonly string[]): string {
  return [
    `log_id("cloudaudit.googleapis.com/data_access")`,
    `protoPayload.serviceName="secretmanager.googleapis.com"`,
    `protoPayload.methodName:"AccessSecretVersion"`,
    `NOT protoPayload.authenticationInfo.principalEmail=(${known.map((email) => `"${email}"`).join(" OR ")})`,
  ].join(" AND ");
}

function of(service: string): string {
  return `(resource.type="cloud_run_revision" AND resource.labels.service_name="${service}")`;
}
