// Prebell's place in Google Cloud. First deployment, alarms and everything done by hand: RUNBOOK.md.
import * as pulumi from "@pulumi/pulumi";
import { makeAlarms, makeChannel } from "./alarms.ts";
import { enableApis } from "./apis.ts";
import { makeBudget } from "./budget.ts";
import { readSettings } from "./config.ts";
import { makeEvents } from "./events.ts";
import { makeHistory } from "./history.ts";
import { makeIdentities } from "./identities.ts";
import { makeRecords } from "./records.ts";
import { makeRegistry } from "./registry.ts";
import { makeSchedule } from "./schedule.ts";
import { makeSecrets } from "./secrets.ts";
import { makeServices } from "./services.ts";

const settings = readSettings();
const apis = enableApis(settings);
const identities = makeIdentities(settings, apis);
const registry = makeRegistry(settings, identities, apis);
const records = makeRecords(settings, apis);
const secrets = makeSecrets(settings, identities, apis);
const events = makeEvents(settings, identities, apis);
makeHistory(settings, events, apis);
const channel = makeChannel(settings, apis);
makeBudget(settings, channel, apis);
const services = settings.services ? makeServices(settings, identities, events, secrets, [...apis, records]) : null;
if (services !== null) {
  makeSchedule(settings, identities, services.cron);
  makeAlarms(settings, identities, channel, apis);
}

export const pageUrl = settings.publicUrl.origin;
export const webUrl = services?.web.uri;
export const cronUrl = services?.cron.uri;
/** Hosting forwards no chat: Telegram calls the service itself. */
export const telegramWebhookUrl = services && pulumi.interpolate`${services.web.uri}/telegram/webhook`;
export const topic = events.topic.id;
export const subscription = events.subscription.id;
export const traderAccount = identities.trader.email;
export const image = pulumi.interpolate`${settings.region}-docker.pkg.dev/${settings.project}/${registry.repository.repositoryId}/prebell`;
export const nextCommands = services
  ? [
      pulumi.interpolate`gcloud builds submit . --config=cloudbuild.yaml --project=${settings.project} --region=${settings.region} --gcs-source-staging-dir=gs://${registry.sources.name}/source`,
      "npm run prebell -- doctor",
    ]
  : [
      "Give the secrets you know their values, as npm run prebell -- setup google prints it; Prebell fills in the others itself",
      "pulumi --cwd infra config set prebell:services true",
      "pulumi --cwd infra up",
    ];
