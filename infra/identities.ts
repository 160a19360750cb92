// Who acts, and what each may do in the whole project. Everything narrower is granted beside the thing it is for.
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config.ts";
import { names } from "./names.ts";

export interface Identities {
  /** Both services run as this one. */
  readonly run: gcp.serviceaccount.Account;
  readonly scheduler: gcp.serviceaccount.Account;
  readonly build: gcp.serviceaccount.Account;
  /** For the trading system: hears of new tokens and reads them, changes nothing. */
  readonly trader: gcp.serviceaccount.Account;
}

export function makeIdentities(settings: Settings, dependsOn: pulumi.Resource[]): Identities {
  const account = (accountId: string, displayName: string) =>
    new gcp.serviceaccount.Account(accountId, { accountId, displayName }, { dependsOn });
  const identities = {
    run: account(names.accounts.run, "Prebell's services"),
    scheduler: account(names.accounts.scheduler, "Calls Prebell's clockwork"),
    build: account(names.accounts.build, "Builds and deploys Prebell"),
    trader: account(names.accounts.trader, "The trading system that uses Prebell's tokens"),
  };

  // Firestore knows no roles below the project; the condition narrows this one to the one database.
  new gcp.projects.IAMMember("run-records", {
    project: settings.project,
    role: "roles/datastore.user",
    member: identities.run.member,
    condition: {
      title: "prebell-database-only",
      expression: `resource.type == "firestore.googleapis.com/Database" && resource.name == "projects/${settings.project}/databases/${names.database}"`,
    },
  });

  // Hosting has no narrower role either. firebase-tools also reads the project's services and web API keys.
  const buildRoles = [
    "roles/firebasehosting.admin",
    "roles/logging.logWriter",
    "roles/serviceusage.apiKeysViewer",
    "roles/serviceusage.serviceUsageConsumer",
  ];
  for (const role of buildRoles)
    new gcp.projects.IAMMember(`build-${role.slice("roles/".length)}`, {
      project: settings.project,
      role,
      member: identities.build.member,
    });
  // To deploy a service one has to be allowed to let it run as what it runs as.
  new gcp.serviceaccount.IAMMember("build-acts-as-run", {
    serviceAccountId: identities.run.name,
    role: "roles/iam.serviceAccountUser",
    member: identities.build.member,
  });
  return identities;
}

/** Everyone who trades with the tokens. */
export function traders(settings: Settings, { trader }: Identities): [string, pulumi.Input<string>][] {
  return [
    ["trader", trader.member],
    ...settings.traderMembers.map((member): [string, string] => [member.replaceAll(/[^\w@.-]/g, "-"), member]),
  ];
}
