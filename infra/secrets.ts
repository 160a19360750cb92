// Secrets, never their values: a value that Pulumi knew would lie in its state. Who may do what is granted per secret.
import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./config.ts";
import { type Identities, traders } from "./identities.ts";

export interface Secrets {
  /** Those the services get as environment variables of the same name, read when an instance starts. */
  readonly environment: readonly gcp.secretmanager.Secret[];
  /** Grants without which no instance starts. */
  readonly grants: readonly pulumi.Resource[];
}

/** Token secrets: written by Prebell at every renewal, read by the trading system. */
export function tokenSecretNames({ environments, etradeMirror }: Settings): string[] {
  return environments.flatMap((environment) => {
    const mirror = `ETRADE_OAUTH_${environment.toUpperCase()}_ACCESS`;
    return [`prebell-etrade-${environment}`, ...(etradeMirror ? [`${mirror}_TOKEN`, `${mirror}_SECRET`] : [])];
  });
}

/**
 * E*TRADE's keys: put there by hand; the trading system signs its own calls with them. Those of an environment without
 * keys are made too and stay empty: where one may read single secrets only, Google answers "denied" for one that does not
 * exist, and that looks like a missing right.
 */
export const consumerKeyNames = ["PROD", "SANDBOX"].flatMap((environment) =>
  ["KEY", "SECRET"].map((part) => `ETRADE_${environment}_CONSUMER_${part}`),
);

export function environmentSecretNames({ heartbeat }: Settings): string[] {
  return ["TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "API_TOKEN", ...(heartbeat ? ["HEARTBEAT_URL"] : [])];
}

export function makeSecrets(settings: Settings, identities: Identities, dependsOn: pulumi.Resource[]): Secrets {
  const secret = (secretId: string, more: Partial<gcp.secretmanager.SecretArgs> = {}) =>
    new gcp.secretmanager.Secret(
      secretId,
      { secretId, replication: { auto: {} }, labels: { app: "prebell" }, deletionProtection: true, ...more },
      { dependsOn },
    );
  for (const secretId of tokenSecretNames(settings)) {
    // Prebell destroys versions beyond the newest two. For a day that can be undone; it is the least that can be set.
    const tokens = secret(secretId, { versionDestroyTtl: "86400s" });
    for (const role of ["secretVersionAdder", "secretAccessor", "secretVersionManager"] as const)
      grant(tokens, secretId, "run", identities.run.member, role);
    for (const [who, member] of traders(settings, identities)) grant(tokens, secretId, who, member, "secretAccessor");
  }
  for (const secretId of consumerKeyNames) {
    const key = secret(secretId);
    grant(key, secretId, "run", identities.run.member, "secretAccessor");
    for (const [who, member] of traders(settings, identities)) grant(key, secretId, who, member, "secretAccessor");
  }
  // Prebell makes its own at the first start and never changes it.
  const sealing = secret("prebell-key");
  for (const role of ["secretVersionAdder", "secretAccessor"] as const)
    grant(sealing, "prebell-key", "run", identities.run.member, role);

  const environment = environmentSecretNames(settings).map((secretId) => {
    const each = secret(secretId);
    return { secret: each, grant: grant(each, secretId, "run", identities.run.member, "secretAccessor") };
  });

  // Who read which secret is not written down unless asked for; the alarm secret-read-by-stranger lives on it.
  new gcp.projects.IAMAuditConfig("secret-reads", {
    project: settings.project,
    service: "secretmanager.googleapis.com",
    auditLogConfigs: [{ logType: "DATA_READ" }],
  });
  return { environment: environment.map((each) => each.secret), grants: environment.map((each) => each.grant) };
}

type Role = "secretVersionAdder" | "secretAccessor" | "secretVersionManager";

function grant(
  to: gcp.secretmanager.Secret,
  secretId: string,
  who: string,
  member: pulumi.Input<string>,
  role: Role,
): gcp.secretmanager.SecretIamMember {
  return new gcp.secretmanager.SecretIamMember(`${secretId}-${who}-${role}`, {
    secretId: to.id,
    role: `roles/secretmanager.${role}`,
    member,
  });
}
