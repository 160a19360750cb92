// Two services from one image: one that anybody may reach (Firebase Hosting and Telegram must), and one for the clockwork
// that nothing on the internet reaches.
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config.ts";
import type { Events } from "./events.ts";
import type { Identities } from "./identities.ts";
import { cronAudience, names } from "./names.ts";
import type { Secrets } from "./secrets.ts";

export interface Services {
  readonly web: gcp.cloudrunv2.Service;
  readonly cron: gcp.cloudrunv2.Service;
}

/** What a deploy changes: Pulumi looks after everything else and leaves these as the last deploy left them. */
const changedByDeploys = [
  "client",
  "clientVersion",
  "template.containers[0].image",
  "template.containers[0].name",
  "traffics",
];

const livez = { path: "/livez", port: 8080 };

export function makeServices(
  settings: Settings,
  identities: Identities,
  events: Events,
  secrets: Secrets,
  dependsOn: pulumi.Resource[],
): Services {
  const service = (name: string, limits: { maxInstances: number; timeout: string }, ingress: string) =>
    new gcp.cloudrunv2.Service(
      name,
      {
        name,
        location: settings.region,
        ingress,
        deletionProtection: true,
        template: {
          serviceAccount: identities.run.email,
          executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
          maxInstanceRequestConcurrency: 40,
          timeout: limits.timeout,
          scaling: { minInstanceCount: 0, maxInstanceCount: limits.maxInstances },
          containers: [
            {
              image: settings.firstImage,
              ports: { containerPort: livez.port },
              // Billed per request; the boost shortens the start after a quiet hour.
              resources: { limits: { cpu: "1", memory: "512Mi" }, cpuIdle: true, startupCpuBoost: true },
              startupProbe: { httpGet: livez, periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 60 },
              // Each probe is billed as processor time, so no more often than it takes to matter.
              livenessProbe: { httpGet: livez, periodSeconds: 60, timeoutSeconds: 5, failureThreshold: 3 },
              envs: [...plain(settings, identities, events), ...secret(settings, secrets)],
            },
          ],
        },
      },
      { dependsOn: [...dependsOn, ...secrets.grants], ignoreChanges: changedByDeploys },
    );

  const web = service(names.service, { maxInstances: 2, timeout: "60s" }, "INGRESS_TRAFFIC_ALL");
  // Cloud Scheduler of the same project counts as internal (cloud.google.com/run/docs/securing/ingress).
  const cron = service(names.cronService, { maxInstances: 1, timeout: "120s" }, "INGRESS_TRAFFIC_INTERNAL_ONLY");

  const allow = (name: string, to: gcp.cloudrunv2.Service, role: string, member: pulumi.Input<string>) =>
    new gcp.cloudrunv2.ServiceIamMember(name, { name: to.name, location: settings.region, role, member });
  allow("anyone-opens-the-page", web, "roles/run.invoker", "allUsers");
  // Who calls is proved to the program and not to Cloud Run, which would take the signature off the scheduler's token that
  // the program has to check (cloud.google.com/run/docs/authenticating/service-to-service).
  allow("clockwork-checks-for-itself", cron, "roles/run.invoker", "allUsers");
  allow("build-deploys-web", web, "roles/run.developer", identities.build.member);
  allow("build-deploys-cron", cron, "roles/run.developer", identities.build.member);
  return { web, cron };
}

function plain(
  settings: Settings,
  identities: Identities,
  events: Events,
): gcp.types.input.cloudrunv2.ServiceTemplateContainerEnv[] {
  const values: Record<string, pulumi.Input<string>> = {
    STORAGE: "google",
    GOOGLE_CLOUD_PROJECT: settings.project,
    PUBLIC_URL: settings.publicUrl.origin,
    PUBSUB_TOPIC: events.topic.name,
    ETRADE_SECRET_MIRROR: settings.etradeMirror ? "on" : "off",
    // As registered with the app, byte for byte. That it is there is also what makes Prebell look for the app's keys.
    ...(settings.schwab ? { SCHWAB_REDIRECT_URI: `${settings.publicUrl.origin}/callback/schwab` } : {}),
    CRON_AUDIENCE: cronAudience,
    CRON_SERVICE_ACCOUNT: identities.scheduler.email,
    TELEGRAM_CHAT_ID: settings.telegramChatId,
    // Read by Google's own libraries: saves the probe whether there is a metadata server.
    METADATA_SERVER_DETECTION: "assume-present",
  };
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** Each by a version's number: with "latest" two instances could run on different values, and a bad one could not be taken back. */
function secret(
  settings: Settings,
  { environment }: Secrets,
): gcp.types.input.cloudrunv2.ServiceTemplateContainerEnv[] {
  return environment.map((each) => ({
    name: each.secretId,
    valueSource: {
      secretKeyRef: {
        secret: each.secretId,
        version: each.secretId.apply((secretId) => settings.secretVersions[secretId] ?? "1"),
      },
    },
  }));
}
