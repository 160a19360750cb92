// Secret Manager on this machine, as strict as Google's: numbered versions, checksums, 64 KiB, listings that lag, IAM.
import { type TlsSettings, Refused, startGoogleWire, type Wire } from "./google-wire.ts";

/** What a service account may do; the names are IAM's. */
export type Permission =
  | "secretmanager.secrets.create"
  | "secretmanager.versions.add"
  | "secretmanager.versions.access"
  | "secretmanager.versions.list"
  | "secretmanager.versions.destroy";

export interface StoredVersion {
  readonly secret: string;
  readonly version: number;
  readonly state: "ENABLED" | "DISABLED" | "DESTROYED";
  /** Null once destroyed. */
  readonly payload: string | null;
}

export interface SecretManagerServer extends Wire {
  /** Everything stored, oldest first, by secret. */
  stored(): readonly StoredVersion[];
  /** Versions that are paid for: enabled or disabled. */
  activeVersions(): number;
  /** Stores a version as somebody else would; its number. */
  plant(secret: string, payload: string): number;
  /** Disables a version as its owner can at any time. */
  disable(secret: string, version: number): void;
  /** Listings and `latest` miss each version added from now on for that many calls; by number it is there at once. */
  lag(calls: number): void;
  /** Takes the permission away, on one secret or on all. */
  deny(permission: Permission, secret?: string): void;
  allowAll(): void;
  /** The next payload that is read arrives with one bit changed. */
  damageNext(): void;
  /** The delay passes that a secret keeps versions for after their destruction was ordered. */
  passDestroyDelay(): void;
}

interface Version {
  readonly number: number;
  state: StoredVersion["state"];
  payload: Buffer | null;
  scheduled: boolean;
  /** Calls of listing and `latest` that still miss it. */
  hidden: { list: number; latest: number };
}

interface StoredSecret {
  readonly versions: Version[];
  readonly destroyDelay: boolean;
}

const presence = "_dataCrc32c";

interface AddRequest {
  readonly parent: string;
  readonly payload: {
    readonly data: Buffer;
    readonly dataCrc32c?: string;
    /** The wire's own mark of presence: "dataCrc32c" if the checksum is there, which "0" alone would not tell. */
    readonly [presence]?: string;
  } | null;
}

interface CreateRequest {
  readonly parent: string;
  readonly secretId: string;
  readonly secret: {
    readonly replication: { readonly replication?: string } | null;
    readonly versionDestroyTtl: { readonly seconds: string } | null;
  } | null;
}

const project = "prebell-test";
/** Google answers with the project's number, whatever it was asked by. */
const projectNumber = "482913000001";
const mostBytes = 65_536;
const leastDestroyDelaySeconds = 86_400;

export async function startSecretManagerServer(
  settings: {
    /** Those that exist, without versions. They keep destroyed versions for a day, unless `destroyDelay` is false. */
    readonly secrets?: readonly string[];
    readonly destroyDelay?: boolean;
    /** Rights are granted on each secret, as infra/ does: then Google does not tell a missing secret from a forbidden one. */
    readonly projectWide?: boolean;
    readonly project?: string;
    readonly tls?: TlsSettings;
  } = {},
): Promise<SecretManagerServer> {
  const parent = `projects/${settings.project ?? project}`;
  const destroyDelay = settings.destroyDelay ?? true;
  const secrets = new Map<string, StoredSecret>(
    (settings.secrets ?? []).map((name) => [name, { versions: [], destroyDelay }]),
  );
  const denied = new Set<string>();
  let lagging = 0;
  let damaging = false;

  function secretOf(name: string, permission: Permission): [string, StoredSecret] {
    const [, owner, id] = /^(projects\/[^/]+)\/secrets\/([\w-]{1,255})$/.exec(name) ?? [];
    if (owner === undefined || id === undefined)
      throw new Refused("INVALID_ARGUMENT", "The resource name has a wrong form.");
    const secret = secrets.get(id);
    const hidden = secret === undefined && settings.projectWide !== true;
    if (owner !== parent || hidden || denied.has(permission) || denied.has(`${permission} ${id}`))
      throw new Refused("PERMISSION_DENIED", `Permission '${permission}' denied on resource (or it may not exist).`);
    if (secret === undefined) throw new Refused("NOT_FOUND", `Secret [${name}] not found.`);
    return [id, secret];
  }

  function versionOf(name: string, permission: Permission): [string, Version] {
    const [, owner, which] = /^(.+)\/versions\/(latest|[1-9]\d*)$/.exec(name) ?? [];
    if (owner === undefined || which === undefined)
      throw new Refused("INVALID_ARGUMENT", "The resource name has a wrong form.");
    const [id, { versions }] = secretOf(owner, permission);
    const version =
      which === "latest"
        ? versions.findLast(({ hidden }) => hidden.latest-- <= 0)
        : versions.find(({ number }) => number === Number(which));
    if (version === undefined) throw new Refused("NOT_FOUND", `Secret Version [${name}] not found.`);
    return [id, version];
  }

  function append(secret: StoredSecret, payload: Buffer): Version {
    const number = secret.versions.length + 1;
    const version: Version = {
      number,
      state: "ENABLED",
      payload,
      scheduled: false,
      hidden: { list: lagging, latest: lagging },
    };
    secret.versions.push(version);
    return version;
  }

  const wire = await startGoogleWire({
    protos: "@google-cloud/secret-manager/build/protos/protos.json",
    service: "google.cloud.secretmanager.v1.SecretManagerService",
    tls: settings.tls,
    methods: (method) => ({
      AddSecretVersion: method("AddSecretVersion")((request: AddRequest) => {
        const [id, secret] = secretOf(request.parent, "secretmanager.versions.add");
        const { payload } = request;
        if (payload === null || payload.data.length === 0)
          throw new Refused("INVALID_ARGUMENT", "The payload is required.");
        if (payload.data.length > mostBytes) throw new Refused("INVALID_ARGUMENT", "The payload exceeds 64 KiB.");
        const checked = payload[presence] !== undefined;
        if (checked && payload.dataCrc32c !== String(checksum(payload.data)))
          throw new Refused("INVALID_ARGUMENT", "The payload's checksum does not match.");
        return described(id, append(secret, payload.data), checked);
      }),

      AccessSecretVersion: method("AccessSecretVersion")(({ name }: { name: string }) => {
        const [id, version] = versionOf(name, "secretmanager.versions.access");
        if (version.state !== "ENABLED" || version.payload === null)
          throw new Refused("FAILED_PRECONDITION", `Secret Version [${name}] is in ${version.state} state.`);
        const data = Buffer.from(version.payload);
        if (damaging) data[0] = (data[0] ?? 0) ^ 1;
        damaging = false;
        return {
          name: `projects/${projectNumber}/secrets/${id}/versions/${version.number}`,
          payload: { data, dataCrc32c: String(checksum(version.payload)) },
        };
      }),

      ListSecretVersions: method("ListSecretVersions")((request: { parent: string; pageSize: number }) => {
        const [id, { versions }] = secretOf(request.parent, "secretmanager.versions.list");
        const seen = versions.filter(({ hidden }) => hidden.list-- <= 0).toReversed();
        const page = seen.slice(0, request.pageSize === 0 ? 100 : Math.min(request.pageSize, 25_000));
        return {
          versions: page.map((version) => described(id, version)),
          nextPageToken: page.length < seen.length ? String(page.length) : "",
          totalSize: seen.length,
        };
      }),

      DestroySecretVersion: method("DestroySecretVersion")(({ name }: { name: string }) => {
        if (name.endsWith("/latest")) throw new Refused("INVALID_ARGUMENT", "The version has to be a number.");
        const [id, version] = versionOf(name, "secretmanager.versions.destroy");
        if (version.state === "DESTROYED" || version.scheduled)
          throw new Refused("FAILED_PRECONDITION", `Secret Version [${name}] is destroyed already.`);
        if (secrets.get(id)?.destroyDelay === true) {
          version.state = "DISABLED";
          version.scheduled = true;
        } else destroy(version);
        return described(id, version);
      }),

      CreateSecret: method("CreateSecret")((request: CreateRequest) => {
        if (request.parent !== parent || denied.has("secretmanager.secrets.create"))
          throw new Refused("PERMISSION_DENIED", "Permission 'secretmanager.secrets.create' denied on the project.");
        if (!/^[\w-]{1,255}$/.test(request.secretId))
          throw new Refused("INVALID_ARGUMENT", "The secret id has a wrong form.");
        if (request.secret?.replication?.replication === undefined)
          throw new Refused("INVALID_ARGUMENT", "The replication policy is required.");
        const delay = request.secret.versionDestroyTtl;
        if (delay !== null && Number(delay.seconds) < leastDestroyDelaySeconds)
          throw new Refused("INVALID_ARGUMENT", "The version destroy TTL has to be a day or more.");
        if (secrets.has(request.secretId)) throw new Refused("ALREADY_EXISTS", "The secret exists already.");
        secrets.set(request.secretId, { versions: [], destroyDelay: delay !== null });
        return { name: `projects/${projectNumber}/secrets/${request.secretId}` };
      }),
    }),
  });

  const existing = (secret: string): StoredSecret => {
    const found = secrets.get(secret);
    if (found === undefined) throw new Error(`The test's server has no secret ${secret}.`);
    return found;
  };
  const all = () => [...secrets].flatMap(([secret, { versions }]) => versions.map((version) => ({ secret, version })));

  return {
    ...wire,
    stored: () =>
      all().map(({ secret, version: { number, state, payload } }) => ({
        secret,
        version: number,
        state,
        payload: payload?.toString("utf8") ?? null,
      })),
    activeVersions: () => all().filter(({ version }) => version.state !== "DESTROYED").length,
    plant: (secret, payload) => append(existing(secret), Buffer.from(payload)).number,
    disable(secret, version) {
      const found = existing(secret).versions.find(({ number }) => number === version);
      if (found !== undefined) found.state = "DISABLED";
    },
    lag(calls) {
      lagging = calls;
    },
    deny(permission, secret) {
      denied.add(secret === undefined ? permission : `${permission} ${secret}`);
    },
    allowAll: () => denied.clear(),
    damageNext() {
      damaging = true;
    },
    passDestroyDelay() {
      for (const { version } of all()) if (version.scheduled) destroy(version);
    },
  };
}

function described(id: string, { number, state, scheduled }: Version, checked = false): object {
  return {
    name: `projects/${projectNumber}/secrets/${id}/versions/${number}`,
    state,
    etag: `"${number}-${state}"`,
    clientSpecifiedPayloadChecksum: checked,
    ...(scheduled ? { scheduledDestroyTime: { seconds: "4102444800" } } : {}),
  };
}

function destroy(version: Version): void {
  version.state = "DESTROYED";
  version.payload = null;
  version.scheduled = false;
}

/** CRC-32C bit by bit: on purpose not the program's own. */
function checksum(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
