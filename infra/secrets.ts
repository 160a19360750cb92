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

/** Written by Prebell. */
interface TokenSecret {
  readonly secretId: string;
  readonly forTraders: boolean;
  /** For how long a version's destruction can be undone; undefined: not at all. */
  readonly versionDestroyTtl: string | undefined;
}

function tokenSecrets({ environments, etradeMirror, schwab, connections }: Settings): TokenSecret[] {
  const etrade = environments.flatMap((environment) => {
    const mirror = `ETRADE_OAUTH_${environment.toUpperCase()}_ACCESS`;
    return [`prebell-etrade-${environment}`, ...(etradeMirror ? [`${mirror}_TOKEN`, `${mirror}_SECRET`] : [])];
  });
  return [
    // Prebell destroys versions beyond the newest two. For a day that can be undone; it is the least that can be set.
    ...etrade.map((secretId) => ({ secretId, forTraders: true, versionDestroyTtl: "86400s" })),
    // Whoever holds the refresh token can lock Prebell out by using it: traders read the copy without. Versions come every half
    // hour and die in the next, so one that can be undone for a day would only be paid for.
    ...(schwab
      ? [
          { secretId: "prebell-schwab-prod", forTraders: false, versionDestroyTtl: undefined },
          { secretId: "prebell-schwab-prod-access", forTraders: true, versionDestroyTtl: undefined },
        ]
      : []),
    ...connections.flatMap(secretsOfConnection),
  ];
}

/**
 * A further connection's tokens, and the keys its owner entered: Prebell writes and reads both. No trader reads them unless
 * granted that by hand: whose connection it is, the stack does not know.
 */
function secretsOfConnection(id: string): TokenSecret[] {
  const canBeUndone = id.startsWith("etrade-") ? "86400s" : undefined;
  return [
    { secretId: `prebell-${id}`, forTraders: false, versionDestroyTtl: canBeUndone },
    ...(id.startsWith("schwab-")
      ? [{ secretId: `prebell-${id}-access`, forTraders: false, versionDestroyTtl: undefined }]
      : []),
    { secretId: `prebell-${id}-keys`, forTraders: false, versionDestroyTtl: "86400s" },
  ];
}

/**
 * E*TRADE's keys: put there by hand; the trading system signs its own calls with them. Those of an environment without
 * keys are made too and stay empty: where one may read single secrets only, Google answers "denied" for one that does not
 * exist, and that looks like a missing right.
 */
export const consumerKeyNames = ["PROD", "SANDBOX"].flatMap((environment) =>
  ["KEY", "SECRET"].map((part) => `ETRADE_${environment}_CONSUMER_${part}`),
);

/** The Schwab app's, put there by hand: a trading system needs them for nothing. */
const schwabKeyNames = ["SCHWAB_CLIENT_ID", "SCHWAB_CLIENT_SECRET"];

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
  for (const { secretId, forTraders, versionDestroyTtl } of tokenSecrets(settings)) {
    const tokens = secret(secretId, versionDestroyTtl === undefined ? {} : { versionDestroyTtl });
    for (const role of ["secretVersionAdder", "secretAccessor", "secretVersionManager"] as const)
      grant(tokens, secretId, "run", identities.run.member, role);
    for (const [who, member] of forTraders ? traders(settings, identities) : [])
      grant(tokens, secretId, who, member, "secretAccessor");
  }
  for (const secretId of consumerKeyNames) {
    const key = secret(secretId);
    grant(key, secretId, "run", identities.run.member, "secretAccessor");
    for (const [who, member] of traders(settings, identities)) grant(key, secretId, who, member, "secretAccessor");
  }
  for (const secretId of settings.schwab ? schwabKeyNames : [])
    grant(secret(secretId), secretId, "run", identities.run.member, "secretAccessor");
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
