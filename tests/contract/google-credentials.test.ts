// The production path on this machine: TLS, the metadata server, Google's own credentials code. In a process of its own,
// because grpc reads its root certificates once, when it is loaded.
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { makeLoopbackCertificate } from "../support/loopback-certificate.ts";
import { startMetadataServer } from "../support/metadata-server.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { startPubsubServer } from "../support/pubsub-server.ts";
import { startSecretManagerServer } from "../support/secret-manager-server.ts";

const caller = fileURLToPath(new URL("processes/google-caller.ts", import.meta.url));

/** What one round came to: a version and "published", or the sentences of the errors. */
interface Round {
  readonly stored: number | string;
  readonly published: string;
}

async function production(settings: { expected?: string | RegExp; env?: Readonly<Record<string, string>> } = {}) {
  const certificate = makeLoopbackCertificate();
  const metadata = await startMetadataServer();
  const tls = { ...certificate, bearer: settings.expected ?? metadata.bearer };
  const secrets = await startSecretManagerServer({ secrets: ["prebell-etrade-prod"], tls });
  const pubsub = await startPubsubServer({ topics: ["token-updates"], tls });
  const child = spawn(process.execPath, [caller, `https://${secrets.host}`], {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      HOME: "/nonexistent",
      GCE_METADATA_HOST: metadata.host,
      METADATA_SERVER_DETECTION: "assume-present",
      GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: certificate.rootsFile,
      PUBSUB_EMULATOR_HOST: pubsub.host,
      ...settings.env,
    },
  });
  clearAfterwards(() => void child.kill());
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    metadata,
    secrets,
    pubsub,
    round: async (): Promise<Round> => {
      child.stdin.write("token\n");
      const { value } = await lines.next();
      return JSON.parse(value ?? "null");
    },
  };
}

describe("on Google Cloud", () => {
  it("a token is stored and announced over TLS with the machine's own credentials", async () => {
    const { round, metadata, secrets, pubsub } = await production();
    expect(await round()).toEqual({ stored: 1, published: "published" });
    expect(secrets.stored()).toHaveLength(1);
    expect(pubsub.messages).toHaveLength(1);
    expect(metadata.asked).toContain("/computeMetadata/v1/instance/service-accounts/default/token");
  });

  it("credentials that Google refuses are reported with the remedy and without the credentials", async () => {
    const { round, metadata } = await production({ expected: "another token" });
    const { stored, published } = await round();
    expect(stored).toMatch(/UNAUTHENTICATED\. No Google credentials work here: .*service account/);
    expect(published).toMatch(/^Pub\/Sub knows nobody here\. No Google credentials work here/);
    expect(`${stored}${published}`).not.toContain(metadata.bearer);
  });

  it("a metadata server that was away at the start stops nothing once it is back", async () => {
    const { round, metadata } = await production();
    metadata.failNext(1_000_000);
    const first = await round();
    expect(first.stored).toMatch(/^Secret Manager/);
    expect(first.published).toMatch(/^Pub\/Sub/);
    metadata.failNext(0);
    expect(await round()).toEqual({ stored: 1, published: "published" });
  }, 60_000);

  it("credentials that a person provides later are found without a new start", async () => {
    const home = mkdtempSync(join(tmpdir(), "prebell-home-"));
    clearAfterwards(() => rmSync(home, { recursive: true, force: true }));
    const env = { HOME: home, METADATA_SERVER_DETECTION: "none" };
    const { round } = await production({ expected: /^ey[\w-]+\.[\w-]+\.[\w-]+$/, env });
    const first = await round();
    expect(first.stored).toContain("gcloud auth application-default login");
    expect(first.published).toContain("gcloud auth application-default login");

    mkdirSync(join(home, ".config/gcloud"), { recursive: true });
    writeFileSync(join(home, ".config/gcloud/application_default_credentials.json"), JSON.stringify(aServiceAccount()));
    expect(await round()).toEqual({ stored: 1, published: "published" });
  });
});

function aServiceAccount(): object {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    type: "service_account",
    project_id: "prebell-test",
    private_key_id: "1",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    client_email: "prebell@prebell-test.iam.gserviceaccount.com",
    client_id: "1",
    token_uri: "https://oauth2.googleapis.com/token",
  };
}
