// Google Cloud: records in Firestore, tokens and keys in Secret Manager, events to Pub/Sub. Loaded only where it is used.
import { firestoreLeases } from "./adapters/firestore-leases.ts";
import { openFirestore } from "./adapters/firestore-database.ts";
import { firestoreOutbox } from "./adapters/firestore-outbox.ts";
import { firestoreRecordStore } from "./adapters/firestore-record-store.ts";
import { firestoreSessions } from "./adapters/firestore-sessions.ts";
import { nodeRandomness } from "./adapters/node-randomness.ts";
import { pubsubPublisher } from "./adapters/pubsub-publisher.ts";
import { sealedBox } from "./adapters/sealed-box.ts";
import { readBrokerKeys, readSchwabKeys } from "./adapters/secret-manager-broker-keys.ts";
import { secretManagerBrokerKeys } from "./adapters/secret-manager-broker-key-store.ts";
import { openSecretManager } from "./adapters/secret-manager-client.ts";
import { secretManagerKeys } from "./adapters/secret-manager-keys.ts";
import { secretManagerTokenStore } from "./adapters/secret-manager-token-store.ts";
import { type Config, ConfigError, type EtradeConfig, type GoogleConfig, type SchwabConfig } from "./config.ts";
import type { Log } from "./ports.ts";
import type { Storage } from "./storage.ts";

export interface Google {
  /** The configuration, with the consumer keys from Secret Manager where the environment holds none. */
  readonly config: Config;
  open(log: Log): Promise<Storage>;
}

/** Throws `ConfigError` if no broker key can be found anywhere. */
export async function connectGoogle(config: Config, google: GoogleConfig): Promise<Google> {
  const secrets = openSecretManager({ project: google.project, endpoint: google.secretManagerEndpoint });
  // Each broker by itself: what one lacks must not take the other with it.
  const [ofEtrade, ofSchwab] = await Promise.allSettled([
    config.etrade.length > 0 ? config.etrade : storedEtrade(),
    config.schwab ?? storedSchwab(),
  ]);
  const etrade = ofEtrade.status === "fulfilled" ? ofEtrade.value : [];
  const schwab = ofSchwab.status === "fulfilled" ? ofSchwab.value : null;
  const unread = [ofEtrade, ofSchwab].flatMap((each) => (each.status === "rejected" ? [each.reason] : []));
  if (etrade.length === 0 && schwab === null && unread.length > 0) throw unread[0];

  async function storedEtrade(): Promise<readonly EtradeConfig[]> {
    const keys = await readBrokerKeys(secrets);
    return (["prod", "sandbox"] as const).flatMap((environment): EtradeConfig[] => {
      const pair = keys[environment];
      const identity = { id: `etrade-${environment}`, provider: "etrade", environment } as const;
      return pair === null ? [] : [{ identity, ...pair, apiUrl: config.etradeApiUrls[environment] }];
    });
  }

  /** Looked for only where a redirect address says that there is an app. */
  async function storedSchwab(): Promise<SchwabConfig | null> {
    if (config.schwabRedirectUri === null) return null;
    const pair = await readSchwabKeys(secrets);
    return pair === null ? null : { ...pair, redirectUri: config.schwabRedirectUri };
  }

  if (etrade.length === 0 && schwab === null)
    throw new ConfigError(
      `ETRADE_PROD_CONSUMER_KEY and ETRADE_PROD_CONSUMER_SECRET are missing: neither the environment nor Secret Manager in project ${google.project} holds a pair. Add them there as secrets of these names.`,
    );
  return {
    config: { ...config, etrade, schwab },
    async open(log) {
      for (const error of unread) log.error("broker-keys-not-read", { error });
      const db = openFirestore({ project: google.project, emulatorHost: google.firestoreEmulator });
      const publisher = pubsubPublisher({
        project: google.project,
        topic: google.topic,
        emulatorHost: google.pubsubEmulator,
      });
      const box = sealedBox(await secretManagerKeys(secrets));
      return {
        random: nodeRandomness((text) => box.fingerprint(text)),
        records: firestoreRecordStore(db, box),
        tokens: secretManagerTokenStore(secrets, { etradeMirror: google.etradeMirror, log }),
        brokerKeys: secretManagerBrokerKeys(secrets, { log }),
        outbox: firestoreOutbox(db),
        leases: firestoreLeases(db),
        sessions: firestoreSessions(db),
        publisher,
        // Firestore's own time-to-live policies do it.
        purge: () => {},
        rotateKey() {
          throw new Error(
            "With STORAGE=google the key is the secret prebell-key; only what lies in Firestore for minutes is sealed under it. RUNBOOK.md says how it is replaced.",
          );
        },
        async close() {
          await publisher.close();
          await Promise.all([db.terminate(), secrets.close()]);
        },
      };
    },
  };
}
