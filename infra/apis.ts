// The APIs that the program and its surroundings use. They stay on when the stack goes: others may use them too.
import * as gcp from "@pulumi/gcp";
import type { Settings } from "./config.ts";

const always = [
  "artifactregistry",
  "cloudbuild",
  "cloudscheduler",
  "firebase",
  "firebasehosting",
  "firebaserules",
  "firestore",
  "iam",
  "logging",
  "monitoring",
  "pubsub",
  "run",
  "secretmanager",
  "storage",
];

export function enableApis(settings: Settings): gcp.projects.Service[] {
  const names = [
    ...always,
    ...(settings.billingAccount === null ? [] : ["billingbudgets"]),
    ...(settings.bigQueryHistory ? ["bigquery"] : []),
  ];
  return names.map(
    (name) => new gcp.projects.Service(name, { service: `${name}.googleapis.com`, disableOnDestroy: false }),
  );
}
