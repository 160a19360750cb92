// Pure. The way from answers to a running installation: numbered steps, each with its reason and what to paste.
import type { Answers } from "./setup-questions.ts";
import { servicesKey } from "./setup-stack-file.ts";
import { sh, shellWord } from "./setup-shell.ts";

export interface Step {
  readonly title: string;
  readonly why: string;
  /** Pasted as one block; pasting it again does no harm. */
  readonly commands: readonly string[];
}

const usualRegion = "us-east1";

/** What the services need to start: values that only the person has, and values that only have to be hard to guess. */
export function secretsFor({ prod, sandbox, schwab, heartbeat }: Answers): Record<"typed" | "made", readonly string[]> {
  return {
    typed: [
      ...(prod ? ["ETRADE_PROD_CONSUMER_KEY", "ETRADE_PROD_CONSUMER_SECRET"] : []),
      ...(sandbox ? ["ETRADE_SANDBOX_CONSUMER_KEY", "ETRADE_SANDBOX_CONSUMER_SECRET"] : []),
      ...(schwab ? ["SCHWAB_CLIENT_ID", "SCHWAB_CLIENT_SECRET"] : []),
      "TELEGRAM_BOT_TOKEN",
      ...(heartbeat ? ["HEARTBEAT_URL"] : []),
    ],
    made: ["TELEGRAM_WEBHOOK_SECRET", "API_TOKEN"],
  };
}

export function finishCommand(stack: string): string {
  const finish = stack === "prod" ? [] : ["--stack", stack];
  return sh`npm run prebell -- setup google --finish ${finish} --webhook-url "$(pulumi --cwd infra stack output telegramWebhookUrl --stack ${stack})"`.replace(
    "  ",
    " ",
  );
}

export function planFor(answers: Answers): readonly Step[] {
  const { project, region, stack } = answers;
  const bucket = `gs://${project}-pulumi`;
  const { typed, made } = secretsFor(answers);
  const up = sh`pulumi --cwd infra up --stack ${stack}`;
  return [
    {
      title: "Sign in",
      why: "As the project's owner. Pulumi and Prebell's own commands use the second sign-in.",
      commands: ["gcloud auth login", "gcloud auth application-default login"],
    },
    {
      title: "Prepare the project",
      why: "What Pulumi itself needs to begin, and Firebase for Hosting; Pulumi switches on the rest.",
      commands: [
        sh`gcloud projects describe ${project} --format='value(projectId)' || gcloud projects create ${project}`,
        sh`gcloud auth application-default set-quota-project ${project}`,
        ...(answers.billingAccount === null
          ? []
          : [sh`gcloud billing projects link ${project} --billing-account=${answers.billingAccount}`]),
        sh`gcloud services enable serviceusage.googleapis.com cloudresourcemanager.googleapis.com iam.googleapis.com firebase.googleapis.com --project=${project}`,
        "npx --yes firebase-tools@15 login",
        sh`npx --yes firebase-tools@15 projects:addfirebase ${project} || true`,
      ],
    },
    {
      title: "Give Pulumi its place",
      why: "It remembers in this bucket what it made. No secret goes through it, so its passphrase may stay empty. In a new shell the two export lines are needed again.",
      commands: [
        sh`gcloud storage buckets describe ${bucket} --format='value(name)' || gcloud storage buckets create ${bucket} --project=${project} --location=${region} --uniform-bucket-level-access --public-access-prevention`,
        sh`gcloud storage buckets update ${bucket} --versioning`,
        "npm --prefix infra ci",
        "export PULUMI_CONFIG_PASSPHRASE=''",
        'export PATH="$PWD/infra/node_modules/.bin:$PATH"',
        sh`pulumi login ${bucket}`,
        sh`pulumi --cwd infra stack select --create ${stack}`,
      ],
    },
    {
      title: "Make everything but the services",
      why: "Database, topic, rights, and the secrets, still empty: services can't start before their secrets have values.",
      commands: [up],
    },
    {
      title: "Type in the secrets",
      why: "Asked for one by one and not shown; nothing reaches your shell's history. Those that have a value are passed over (mistyped? infra/RUNBOOK.md, Rotate).",
      commands: [typedSecrets(project, typed)],
    },
    {
      title: "Make the secrets that nobody has to know",
      why: sh`What Telegram proves itself with, and what your own programs send; read it with gcloud secrets versions access latest --secret=API_TOKEN --project=${project}`,
      commands: [madeSecrets(project, made)],
    },
    {
      title: "Make the services",
      why: "Now their secrets have values. They start with a placeholder until the next step brings the program.",
      commands: [sh`pulumi --cwd infra config set ${servicesKey} true --stack ${stack}`, up],
    },
    {
      title: "Build and deploy",
      why: "Tests, builds, tries the new revision without traffic, then shifts to it and publishes the page.",
      commands: [
        ...(region === usualRegion
          ? []
          : [
              sh`sed -i.bak ${`s/"region": "[a-z0-9-]*"/"region": "${region}"/`} firebase.json && rm firebase.json.bak`,
            ]),
        sh`gcloud builds submit . --config=cloudbuild.yaml --project=${project} --region=${region} --substitutions=${`_REGION=${region}`} --service-account=${`projects/${project}/serviceAccounts/prebell-build@${project}.iam.gserviceaccount.com`} --gcs-source-staging-dir=${`gs://${project}-prebell-builds/source`}`,
      ],
    },
    ...(answers.publicUrl === `https://${project}.web.app`
      ? []
      : [
          {
            title: "Connect your own address",
            why: `${answers.publicUrl} has to lead to Hosting: add it there as a custom domain and set the records it names.`,
            commands: [`echo ${shellWord(`https://console.firebase.google.com/project/${project}/hosting/sites`)}`],
          },
        ]),
    ...(answers.schwab
      ? [
          {
            title: "Register the callback with Schwab",
            why: "At developer.schwab.com, in your app; several stand there separated by commas. Byte for byte, without a slash at its end. A changed one is approved in one to three days; until the app is Ready For Use again, logins fail.",
            commands: [sh`echo ${`${answers.publicUrl}/callback/schwab`}`],
          },
        ]
      : []),
    {
      title: "Finish",
      why: "Tells Telegram where to deliver, sets the command menu and looks at every link of the chain.",
      commands: [finishCommand(stack)],
    },
  ];
}

/** One compound command, read whole before it runs: what is pasted after it is not taken for a secret. */
function typedSecrets(project: string, names: readonly string[]): string {
  return [
    sh`for name in ${names}; do`,
    passOver(project),
    `  printf '%s: ' "$name"; IFS= read -rs value; echo`,
    sh`  [ -z "$value" ] || printf %s "$value" | gcloud secrets versions add "$name" --project=${project} --data-file=-`,
    "done; unset value",
  ].join("\n");
}

function madeSecrets(project: string, names: readonly string[]): string {
  return [
    sh`for name in ${names}; do`,
    passOver(project),
    sh`  openssl rand -hex 32 | tr -d '\\n' | gcloud secrets versions add "$name" --project=${project} --data-file=-`,
    "done",
  ].join("\n");
}

function passOver(project: string): string {
  return sh`  [ -z "$(gcloud secrets versions list "$name" --project=${project} --limit=1 --format='value(name)')" ] || continue`;
}

export function planText(steps: readonly Step[]): string {
  return steps
    .map(({ title, why, commands }, index) => [`${index + 1}. ${title}`, `   ${why}`, "", ...commands, ""].join("\n"))
    .join("\n");
}
