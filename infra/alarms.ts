// What wakes somebody, always by e-mail: an alarm that went through Telegram would be silent when Telegram is what failed.
// Every alarm has a section of the same name in RUNBOOK.md.
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config.ts";
import type { Identities } from "./identities.ts";
import { channelBroken, counters, programErrors, schedulerFailed, strangers, tokenPastDue } from "./log-lines.ts";
import { names } from "./names.ts";
import { counted, missingBetween } from "./promql.ts";

type Condition = Omit<gcp.types.input.monitoring.AlertPolicyCondition, "displayName">;

const anHour = "3600s";

export function makeChannel(settings: Settings, dependsOn: pulumi.Resource[]): gcp.monitoring.NotificationChannel {
  return new gcp.monitoring.NotificationChannel(
    "e-mail",
    { type: "email", displayName: "Prebell's alarms", labels: { email_address: settings.alarmEmail } },
    { dependsOn },
  );
}

export function makeAlarms(
  settings: Settings,
  identities: Identities,
  channel: gcp.monitoring.NotificationChannel,
  dependsOn: pulumi.Resource[],
): void {
  const metrics = Object.entries(counters).map(
    ([name, filter]) => new gcp.logging.Metric(name, { name, filter }, { dependsOn }),
  );
  const alarm = (name: string, meaning: string, severity: "CRITICAL" | "ERROR" | "WARNING", condition: Condition) =>
    new gcp.monitoring.AlertPolicy(
      name,
      {
        displayName: name,
        severity,
        combiner: "OR",
        conditions: [{ displayName: meaning, ...condition }],
        notificationChannels: [channel.id],
        alertStrategy: {
          autoClose: "86400s",
          // Conditions on single log lines have to say how often they may mail.
          ...(condition.conditionMatchedLog === undefined ? {} : { notificationRateLimit: { period: anHour } }),
        },
        documentation: {
          mimeType: "text/markdown",
          subject: `Prebell: ${meaning}`,
          content: `${meaning}.\n\nWhat to look at and what to do: infra/RUNBOOK.md, section “${name}”.`,
        },
      },
      { dependsOn: metrics },
    );

  // A metric-absence condition knows no weekdays and would alarm every Saturday, so the hour is in the query.
  alarm(
    "morning-alert-missing",
    "The morning alert has not run by 08:45 New York",
    "CRITICAL",
    query(missingBetween("prebell_morning_alert_ok", "90m", "08:45", "09:45")),
  );
  alarm(
    "tick-missing",
    "No tick has succeeded for 20 minutes",
    "ERROR",
    query(`${counted("prebell_tick_ok", "20m")} == 0`),
  );
  alarm("token-past-due", "A connection has no living token in market hours", "CRITICAL", line(tokenPastDue));
  alarm("channel-broken", "Messages no longer reach somebody by one of their channels", "WARNING", line(channelBroken));
  alarm("scheduler-job-failed", "Cloud Scheduler gave up on a call", "ERROR", line(schedulerFailed));
  alarm("program-error", "Something failed that the program could not mend", "ERROR", line(programErrors));
  alarm("server-errors", "More than one answer in ten is a server error", "WARNING", query(serverErrors));
  const readers = pulumi.all([identities.run.email, identities.trader.email]);
  alarm("secret-read-by-stranger", "Somebody else than Prebell and the trading system read a secret", "CRITICAL", {
    conditionMatchedLog: { filter: readers.apply((emails) => strangers([...emails, ...named(settings)])) },
  });
  alarm("dead-letter-not-empty", "The trading system could not take an event in ten attempts", "ERROR", {
    conditionThreshold: {
      filter: `resource.type="pubsub_subscription" AND resource.labels.subscription_id="${names.deadLetterTopic}" AND metric.type="pubsub.googleapis.com/subscription/num_undelivered_messages"`,
      comparison: "COMPARISON_GT",
      thresholdValue: 0,
      duration: "0s",
      aggregations: [{ alignmentPeriod: "300s", perSeriesAligner: "ALIGN_MAX" }],
    },
  });
  const check = new gcp.monitoring.UptimeCheckConfig(
    "page",
    {
      displayName: "Prebell's page",
      monitoredResource: {
        type: "uptime_url",
        labels: { project_id: settings.project, host: settings.publicUrl.hostname },
      },
      httpCheck: { path: "/livez", port: 443, useSsl: true, validateSsl: true },
      period: "300s",
      timeout: "10s",
    },
    { dependsOn },
  );
  alarm("page-unreachable", "The page can't be reached from several places", "ERROR", {
    conditionThreshold: {
      filter: pulumi.interpolate`resource.type="uptime_url" AND metric.type="monitoring.googleapis.com/uptime_check/check_passed" AND metric.labels.check_id="${check.uptimeCheckId}"`,
      comparison: "COMPARISON_GT",
      thresholdValue: 1,
      duration: "300s",
      // How many of the places that ask got no proper answer.
      aggregations: [
        {
          alignmentPeriod: "1200s",
          perSeriesAligner: "ALIGN_NEXT_OLDER",
          crossSeriesReducer: "REDUCE_COUNT_FALSE",
          groupByFields: ["resource.label.*"],
        },
      ],
    },
  });
}

const answers = (more = "") =>
  `sum(increase(run_googleapis_com:request_count{monitored_resource="cloud_run_revision",service_name="${names.service}"${more}}[15m]))`;

/** Below three errors one in ten says nothing. */
const serverErrors = (() => {
  const errors = answers(',response_code_class="5xx"');
  return `(${errors} / ${answers()} > 0.1) and (${errors} >= 3)`;
})();

/** The metric need not have counted yet when the alarm is made, and its points come a minute or two late. */
function query(text: string): Condition {
  return {
    conditionPrometheusQueryLanguage: {
      query: text,
      duration: "120s",
      evaluationInterval: "60s",
      disableMetricValidation: true,
    },
  };
}

function line(filter: string): Condition {
  return { conditionMatchedLog: { filter } };
}

/** The accounts and people among prebell:traderMembers; who is in a group the log does not say. */
function named(settings: Settings): string[] {
  return settings.traderMembers
    .filter((member) => /^(serviceAccount|user):/.test(member))
    .map((member) => member.slice(member.indexOf(":") + 1));
}
