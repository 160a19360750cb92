// Everything that stands around Prebell on Google Cloud, on this machine and on one clock that the test moves.
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createPracticeClock } from "../../server/practice/practice-clock.ts";
import { createPracticeControl, type PracticeControl } from "../../server/practice/practice-control.ts";
import { practiceKeys, practiceUrls } from "../../server/practice/practice-keys.ts";
import { startPracticeServer } from "../../server/practice/practice-server.ts";
import { type Bundle, unpackBundle } from "./bundle.ts";
import { type FirestoreServer, startFirestoreServer } from "./firestore-server.ts";
import { type HeartbeatServer, startHeartbeatServer } from "./heartbeat-server.ts";
import { makeLoopbackCertificate } from "./loopback-certificate.ts";
import { type MetadataServer, startMetadataServer } from "./metadata-server.ts";
import { type Client, createClient } from "./program-client.ts";
import { clearAfterwards } from "./program-leftovers.ts";
import { freePort } from "./program-ports.ts";
import { type PubsubServer, startPubsubServer } from "./pubsub-server.ts";
import { type Scheduler, startScheduler } from "./scheduler.ts";
import { type SecretManagerServer, startSecretManagerServer } from "./secret-manager-server.ts";
import { startTelegramServer, type TelegramServer } from "./telegram-server.ts";
import { webhookSecret } from "./telegram-updates.ts";
import { eventually } from "./wait.ts";

export const project = "prebell-test";
export const topic = "token-updates";
export const apiToken = "a-token-for-the-trading-system-of-the-test";
const mirrors = ["PROD", "SANDBOX"].flatMap((name) => [
  `ETRADE_OAUTH_${name}_ACCESS_TOKEN`,
  `ETRADE_OAUTH_${name}_ACCESS_SECRET`,
]);

/** One container: started cold, gone after a kill. */
export interface Instance {
  readonly url: string;
  readonly bundle: Bundle;
  machine(token?: string): Client;
  /** Someone with the cookie of a session; our own page's headers. */
  person(cookie: string): Client;
  stranger(): Client;
  /** SIGKILL: no last word. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code and how long it took. */
  stop(): Promise<{ code: number | null; milliseconds: number }>;
  output(): string;
  isOver(): boolean;
}

export interface Cloud {
  readonly firestore: FirestoreServer;
  readonly secrets: SecretManagerServer;
  readonly pubsub: PubsubServer;
  readonly telegram: TelegramServer;
  readonly heartbeat: HeartbeatServer;
  readonly scheduler: Scheduler;
  readonly metadata: MetadataServer;
  readonly control: PracticeControl;
  /** What the program is started with. */
  readonly env: Readonly<Record<string, string>>;
  now(): Temporal.Instant;
  /** Moves every clock: the broker's, the scheduler's, the machines'. */
  setTo(instant: string): Promise<void>;
  /** Waits until it answers /livez. */
  start(env?: Readonly<Record<string, string>>): Promise<Instance>;
  /** Runs a `prebell` command on the owner's own machine: with Google's rights, without the bot's token. */
  command(...args: readonly string[]): Promise<string>;
  /** What `prebell link` prints on the owner's own machine: the token of a one-time link. */
  link(): Promise<string>;
  /** Everything all instances wrote. */
  output(): string;
}

const cli = join(import.meta.dirname, "../../server/cli/main.ts");
const clockPreload = ["--import", join(import.meta.dirname, "shifted-clock.mjs")];

/** `at`: what time it is everywhere, for example "2026-06-10T12:00:00Z". */
export async function startCloud(at: string): Promise<Cloud> {
  let offset = 0;
  const now = () => Temporal.Now.instant().add({ milliseconds: offset });
  const certificate = makeLoopbackCertificate();
  const metadata = await startMetadataServer({ project });
  const scheduleFor = {
    serviceAccount: `prebell-scheduler@${project}.iam.gserviceaccount.com`,
    audience: "https://prebell-cron",
    now: () => Date.now() + offset,
  };
  const clock = createPracticeClock(() => Temporal.Now.instant());
  const [firestore, secrets, pubsub, telegram, heartbeat, scheduler, broker] = await Promise.all([
    startFirestoreServer(),
    startSecretManagerServer({
      project,
      secrets: [
        "prebell-etrade-prod",
        "prebell-etrade-sandbox",
        "prebell-key",
        ...mirrors,
        ...["PROD", "SANDBOX"].flatMap((name) => [`ETRADE_${name}_CONSUMER_KEY`, `ETRADE_${name}_CONSUMER_SECRET`]),
      ],
      tls: { ...certificate, bearer: metadata.bearer },
    }),
    startPubsubServer({ project, topics: [topic] }),
    startTelegramServer(),
    startHeartbeatServer(),
    startScheduler(scheduleFor),
    startPracticeServer({ port: 0, clock, stateFile: null, options: { offerOtherAccounts: true } }),
  ]);
  clearAfterwards(() => broker.close());
  for (const environment of ["prod", "sandbox"] as const) {
    const name = environment.toUpperCase();
    secrets.plant(`ETRADE_${name}_CONSUMER_KEY`, practiceKeys[environment].consumerKey);
    secrets.plant(`ETRADE_${name}_CONSUMER_SECRET`, `${practiceKeys[environment].consumerSecret}\n`);
  }
  const folder = mkdtempSync(join(tmpdir(), "prebell-cloud-"));
  clearAfterwards(() => rmSync(folder, { recursive: true, force: true }));
  // The instances run as another user, who has to read these two.
  chmodSync(folder, 0o755);
  const offsetFile = join(folder, "offset");
  const rootsFile = join(folder, "roots.pem");
  writeFileSync(rootsFile, certificate.certificate);
  const bundle = unpackBundle([folder, join(import.meta.dirname, "shifted-clock.mjs")]);
  const control = createPracticeControl(broker.url);
  const urls = practiceUrls(broker.url);
  const env = {
    STORAGE: "google",
    GOOGLE_CLOUD_PROJECT: project,
    HOST: "127.0.0.1",
    PUBLIC_URL: "https://prebell.example",
    API_TOKEN: apiToken,
    API_TOKEN_SCOPES: "status keepalive confirm events token",
    SECRET_MANAGER_ENDPOINT: `https://${secrets.host}`,
    FIRESTORE_EMULATOR_HOST: firestore.host,
    PUBSUB_EMULATOR_HOST: pubsub.host,
    ETRADE_OAUTH_URL: urls.oauthUrl,
    ETRADE_AUTHORIZE_URL: urls.authorizeUrl,
    ETRADE_PROD_API_URL: urls.prodApiUrl,
    ETRADE_SANDBOX_API_URL: urls.sandboxApiUrl,
    TELEGRAM_WEBHOOK_SECRET: webhookSecret,
    ...telegram.env,
    ...heartbeat.env,
    ...scheduler.env,
    // How Google's own libraries find credentials and trust the certificate.
    GCE_METADATA_HOST: metadata.host,
    METADATA_SERVER_DETECTION: "assume-present",
    GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: rootsFile,
    CLOCK_OFFSET_FILE: offsetFile,
  };
  const setTo = async (instant: string) => {
    offset = Temporal.Instant.from(instant).epochMilliseconds - Date.now();
    writeFileSync(offsetFile, String(offset));
    await control.setTo(Temporal.Instant.from(instant));
  };
  await setTo(at);
  async function command(...args: readonly string[]): Promise<string> {
    const { TELEGRAM_BOT_TOKEN: _token, TELEGRAM_CHAT_ID: _chat, TELEGRAM_WEBHOOK_SECRET: _secret, ...own } = env;
    const running = promisify(execFile)(process.execPath, [...clockPreload, cli, ...args], { cwd: folder, env: own });
    // A command may end with its own word on what it found, as exit code 1.
    const { stdout } = await running.catch((error: { stdout: string }) => error);
    return stdout;
  }
  const instances: Instance[] = [];
  return {
    firestore,
    secrets,
    pubsub,
    telegram,
    heartbeat,
    scheduler,
    metadata,
    control,
    env,
    now,
    setTo,
    async start(more = {}) {
      const instance = await startInstance(bundle, { ...env, ...more });
      instances.push(instance);
      return instance;
    },
    command,
    link: async () => new URL((await command("link")).trim()).hash.replace("#signin=", ""),
    output: () => instances.map((instance) => instance.output()).join(""),
  };
}

async function startInstance(bundle: Bundle, env: Readonly<Record<string, string>>): Promise<Instance> {
  const port = await freePort();
  const child = spawn(bundle.node, [...bundle.flags, ...clockPreload, join(bundle.folder, "dist/main.js")], {
    cwd: bundle.folder,
    env: { ...bundle.env, ...env, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
    ...bundle.user,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const ended = Promise.withResolvers<number | null>();
  child.once("error", ended.reject);
  child.once("close", ended.resolve);
  const end = (signal: NodeJS.Signals) => {
    if (!isOver(child)) child.kill(signal);
    return ended.promise;
  };
  clearAfterwards(async () => void (await end("SIGKILL")));
  const url = `http://127.0.0.1:${port}`;
  await eventually("the instance to answer", async () => {
    if (isOver(child)) throw new Error(`The instance ended with ${String(child.exitCode)}:\n${output}`);
    return fetch(`${url}/livez`).then(
      ({ ok }) => ok,
      () => false,
    );
  }).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${output}`);
  });
  const client = (headers: Record<string, string>) => createClient(url, headers, () => {});
  const page = { "x-prebell": "1", "content-type": "application/json", "sec-fetch-site": "same-origin" };
  return {
    url,
    bundle,
    machine: (token = apiToken) => client({ authorization: `Bearer ${token}`, "content-type": "application/json" }),
    person: (cookie) => client({ ...page, cookie }),
    stranger: () => client(page),
    async kill() {
      await end("SIGKILL");
    },
    async stop() {
      const begin = performance.now();
      return { code: await end("SIGTERM"), milliseconds: performance.now() - begin };
    },
    output: () => output,
    isOver: () => isOver(child),
  };
}

function isOver({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
