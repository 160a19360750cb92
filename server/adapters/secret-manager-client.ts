// Secret Manager as the other files need it, over Google's own client: every call with its own end and its own retries.
// A version is read strongly consistently only by number; listings and `latest` may lag by minutes or hours
// (https://cloud.google.com/secret-manager/docs/reference/consistency).
import type { SecretManagerServiceClient } from "@google-cloud/secret-manager";
import { crc32c } from "./crc32c.ts";
import {
  credentialsRemedy,
  type GoogleCode,
  GoogleCallError,
  googleCall,
  isRefusal,
  repeatedFor,
} from "./google-call.ts";

export interface SecretManagerSettings {
  readonly project: string;
  /** Null for Google itself; `host:port` or `http://…` without TLS and credentials; `https://host:port` with both. */
  readonly endpoint: string | null;
}

export interface ListedVersion {
  readonly number: number;
  /** Neither destroyed nor about to be. Such a version is paid for, enabled or not. */
  readonly kept: boolean;
}

/** Every method rejects with `GoogleCallError`, which never holds a payload. */
export interface SecretManager {
  readonly project: string;
  /** Adds one version and answers its number. Never repeated here: after a lost answer the version may exist all the same. */
  add(secret: string, payload: string): Promise<number>;
  /** Null if there is no such secret or version; a null payload if that version is disabled or destroyed. */
  access(secret: string, version: number | "latest"): Promise<{ readonly payload: string | null } | null>;
  /** The newest 500 versions as far as the listing knows them; none if there is no such secret. */
  versions(secret: string): Promise<readonly ListedVersion[]>;
  /** Disables at once; destroys after the secret's own delay, if it has one. */
  destroy(secret: string, version: number): Promise<void>;
  /** Creates a secret without versions; does nothing if it exists. */
  create(secret: string): Promise<void>;
  close(): Promise<void>;
}

const tryMs = 3_000;
const totalMs = 8_000;
/** One try, with time to load the client and its credentials before it. */
const onceMs = 2 * tryMs;
const longestListing = 500;
const destroyDelaySeconds = 86_400;

const once = { timeout: tryMs, retry: null };
/** Reading may be repeated whatever happened. */
const repeated = { retry: repeatedFor(tryMs, totalMs - 500) };

const roles = {
  add: "roles/secretmanager.secretVersionAdder",
  access: "roles/secretmanager.secretAccessor",
  list: "roles/secretmanager.secretVersionManager",
  destroy: "roles/secretmanager.secretVersionManager",
  create: "secretmanager.secrets.create",
} as const;

/** Loads the client at the first call and connects then. */
export function openSecretManager(settings: SecretManagerSettings): SecretManager {
  const endpoint = settings.endpoint === null ? null : parseEndpoint(settings.endpoint);
  const parent = `projects/${settings.project}`;
  let client: Promise<SecretManagerServiceClient> | null = null;

  function call<T>(
    action: keyof typeof roles,
    secret: string,
    limitMs: number,
    work: (connected: SecretManagerServiceClient) => Promise<T>,
  ): Promise<T> {
    const what = `Secret Manager, ${action} ${secret} in project ${settings.project}`;
    return googleCall(
      limitMs,
      async () => {
        client ??= connect(settings.project, endpoint);
        const connecting = client;
        const connected = await connecting.catch(() => {
          // The client keeps a failed start for good; the metadata server may answer the next time.
          if (client === connecting) client = null;
          throw new GoogleCallError(what, "UNAUTHENTICATED");
        });
        return work(connected);
      },
      (code) => new GoogleCallError(what, code, remedyFor(action, code)),
    );
  }

  return {
    project: settings.project,

    async add(secret, payload) {
      const data = Buffer.from(payload, "utf8");
      const request = { parent: `${parent}/secrets/${secret}`, payload: { data, dataCrc32c: crc32c(data) } };
      return call("add", secret, onceMs, async (connected) => {
        const [added] = await connected.addSecretVersion(request, once);
        if (added.clientSpecifiedPayloadChecksum !== true) throw new GoogleCallError("Payload", "DATA_LOSS");
        return numberIn(added.name);
      });
    },

    async access(secret, version) {
      const name = `${parent}/secrets/${secret}/versions/${version}`;
      try {
        return await call("access", secret, totalMs, async (connected) => {
          const [{ payload }] = await connected.accessSecretVersion({ name }, repeated);
          const data = Buffer.from(payload?.data ?? "");
          if (String(payload?.dataCrc32c) !== String(crc32c(data))) throw new GoogleCallError("Payload", "DATA_LOSS");
          return { payload: data.toString("utf8") };
        });
      } catch (error) {
        if (isRefusal(error, "NOT_FOUND")) return null;
        if (isRefusal(error, "FAILED_PRECONDITION")) return { payload: null };
        throw error;
      }
    },

    async versions(secret) {
      const request = { parent: `${parent}/secrets/${secret}`, pageSize: longestListing };
      try {
        return await call("list", secret, totalMs, async (connected) => {
          const [versions] = await connected.listSecretVersions(request, { ...repeated, autoPaginate: false });
          return versions.map(({ name, state, scheduledDestroyTime }) => ({
            number: numberIn(name),
            kept: state !== "DESTROYED" && !scheduledDestroyTime,
          }));
        });
      } catch (error) {
        if (isRefusal(error, "NOT_FOUND")) return [];
        throw error;
      }
    },

    async destroy(secret, version) {
      const name = `${parent}/secrets/${secret}/versions/${version}`;
      await call("destroy", secret, onceMs, (connected) => connected.destroySecretVersion({ name }, once));
    },

    async create(secret) {
      const request = {
        parent,
        secretId: secret,
        secret: {
          replication: { automatic: {} },
          labels: { app: "prebell" },
          versionDestroyTtl: { seconds: destroyDelaySeconds },
        },
      };
      try {
        await call("create", secret, onceMs, (connected) => connected.createSecret(request, once));
      } catch (error) {
        if (!isRefusal(error, "ALREADY_EXISTS")) throw error;
      }
    },

    async close() {
      const connected = await client?.catch(() => null);
      await connected?.close();
    },
  };
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
}

function parseEndpoint(endpoint: string): Endpoint {
  const [, scheme, host, port] = /^(https?:\/\/)?(.+):(\d+)$/.exec(endpoint) ?? [];
  if (host === undefined) throw new Error(`SECRET_MANAGER_ENDPOINT ${endpoint} is not host:port.`);
  return { host, port: Number(port), tls: scheme === "https://" };
}

async function connect(project: string, endpoint: Endpoint | null): Promise<SecretManagerServiceClient> {
  const { SecretManagerServiceClient: Client } = await import("@google-cloud/secret-manager");
  const client = new Client({
    projectId: project,
    // Given, it need not be asked of the metadata server.
    universeDomain: "googleapis.com",
    // An instance sleeps between requests; a connection that Google closed meanwhile must not be met by a renewal.
    "grpc.client_idle_timeout_ms": 60_000,
    ...(endpoint === null ? {} : { apiEndpoint: endpoint.host, port: endpoint.port }),
    ...(endpoint === null || endpoint.tls ? {} : { sslCreds: await plaintext() }),
  });
  await client.initialize();
  return client;
}

async function plaintext() {
  const { credentials } = await import("@grpc/grpc-js");
  return credentials.createInsecure();
}

function numberIn(name: string | null | undefined): number {
  return Number(name?.split("/").at(-1));
}

const notReached =
  "Google was not reached in time: check the way to the internet from here, and status.cloud.google.com.";

function remedyFor(action: keyof typeof roles, code: GoogleCode): string {
  const remedies: Partial<Record<GoogleCode, string>> = {
    NOT_FOUND: "There is no such secret: run pulumi up in infra/.",
    PERMISSION_DENIED: `The service account lacks ${roles[action]}, or there is no such secret: run pulumi up in infra/.`,
    UNAUTHENTICATED: `${credentialsRemedy}.`,
    DATA_LOSS: "The payload was damaged on its way.",
    UNAVAILABLE: notReached,
    DEADLINE_EXCEEDED: notReached,
  };
  return remedies[code] ?? "";
}
