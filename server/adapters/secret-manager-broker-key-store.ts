// BrokerKeyStore over Secret Manager: key and secret in one version of `prebell-<connection>-keys`, so that no reader ever
// sees a torn pair.
import { type BrokerKeyStore, KeysNotStored, type Log } from "../ports.ts";
import { isRefusal } from "./google-call.ts";
import { brokerKeysFromJson, brokerKeysToJson } from "./plain-broker-keys.ts";
import { addOnce, versionsAbove } from "./secret-manager-add.ts";
import type { ListedVersion, SecretManager } from "./secret-manager-client.ts";
import { destroyAll, destroyEach } from "./secret-manager-destroy.ts";

// The version before the newest is what a slip of the hand can be undone by.
const keptVersions = 2;

export function secretManagerBrokerKeys(secrets: SecretManager, options: { readonly log: Log }): BrokerKeyStore {
  async function add(secret: string, payload: string): Promise<{ version: number; listed: readonly ListedVersion[] }> {
    const listed = await secrets.versions(secret);
    return { listed, version: await addOnce(secrets, secret, payload, highestOf(listed)) };
  }

  return {
    async put(connectionId, keys) {
      const secret = secretOf(connectionId);
      const payload = brokerKeysToJson(keys);
      // Where rights hold for single secrets, a missing one is answered like a forbidden one.
      const { version, listed } = await add(secret, payload).catch(async (error: unknown) => {
        if (!isRefusal(error, "NOT_FOUND", "PERMISSION_DENIED")) throw error;
        await create(connectionId);
        return add(secret, payload).catch((again: unknown) => refuseSetup(connectionId, again));
      });
      const doomed = listed.filter(({ number, kept }) => kept && number <= version - keptVersions);
      const left = await destroyEach(
        secrets,
        secret,
        doomed.map(({ number }) => number),
      );
      for (const error of left) options.log.warn("old-version-not-destroyed", { connection: connectionId, error });
    },

    async read(connectionId) {
      const secret = secretOf(connectionId);
      const listed = highestOf(await secrets.versions(secret));
      const newer = await versionsAbove(secrets, secret, listed);
      const newest = newer.at(-1) ?? (listed === 0 ? null : await secrets.access(secret, listed));
      if (newest === null || newest.payload === null) return null;
      const keys = brokerKeysFromJson(newest.payload);
      if (keys === null)
        throw new Error(
          `The newest version of the secret ${secret} in project ${secrets.project} holds no keys as Prebell writes them. ` +
            "Something else added it: destroy that version, or replace the keys.",
        );
      return keys;
    },

    remove: (connectionId) => destroyAll(secrets, secretOf(connectionId)),
  };

  async function create(connectionId: string): Promise<void> {
    try {
      await secrets.create(secretOf(connectionId));
    } catch (error) {
      refuseSetup(connectionId, error);
    }
  }

  function refuseSetup(connectionId: string, error: unknown): never {
    if (!isRefusal(error, "NOT_FOUND", "PERMISSION_DENIED")) throw error;
    throw new KeysNotStored(setupSentence(connectionId, secrets.project), { cause: error });
  }
}

/** Two ways to the same secrets; the first is written down and survives the next `pulumi up`. */
function setupSentence(connectionId: string, project: string): string {
  const member = `serviceAccount:prebell-run@${project}.iam.gserviceaccount.com`;
  return [
    `The secret ${secretOf(connectionId)} is missing in project ${project}, and Prebell may not make secrets itself. Make it, then repeat this.`,
    `In infra/: pulumi config set --path 'prebell:connections[0]' ${connectionId} && pulumi up (with [1], [2] … for the next ones)`,
    `Without Pulumi: for s in prebell-${connectionId} ${secretOf(connectionId)}; do gcloud secrets create $s --replication-policy=automatic --labels=app=prebell --project=${project}; for r in secretVersionAdder secretAccessor secretVersionManager; do gcloud secrets add-iam-policy-binding $s --member=${member} --role=roles/secretmanager.$r --project=${project}; done; done`,
  ].join("\n");
}

function secretOf(connectionId: string): string {
  return `prebell-${connectionId}-keys`;
}

/** 0 if there is none. */
function highestOf(versions: readonly ListedVersion[]): number {
  return Math.max(0, ...versions.map(({ number }) => number));
}
