// The last step of a deployment, against everything it reaches: the bot, the secrets, the records, the broker.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, it } from "vitest";
import { createPracticeClock } from "../../server/practice/practice-clock.ts";
import { practiceKeys, practiceUrls } from "../../server/practice/practice-keys.ts";
import { startPracticeServer } from "../../server/practice/practice-server.ts";
import { leaksIn } from "../support/canaries.ts";
import { startFirestoreServer } from "../support/firestore-server.ts";
import { clearAfterwards } from "../support/program-leftovers.ts";
import { startPubsubServer } from "../support/pubsub-server.ts";
import { type SecretManagerServer, startSecretManagerServer } from "../support/secret-manager-server.ts";
import { startTelegramServer, type TelegramServer } from "../support/telegram-server.ts";
import { openTerminal, type Said } from "../support/terminal.ts";

const project = "prebell-test";
const webhookUrl = "https://prebell-k2x.a.run.app/telegram/webhook";
const webhookSecret = "the-webhook-secret_0123456789abcdef";
const heartbeatUrl = "https://hc.example/0b1c2d3e-watchdog";
const values = ["TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET", "API_TOKEN", "HEARTBEAT_URL"];

let telegram: TelegramServer;
let secrets: SecretManagerServer;
let folder: string;
let env: Record<string, string>;
beforeEach(async () => {
  const clock = createPracticeClock(() => Temporal.Now.instant());
  const keys = ["PROD", "SANDBOX"].flatMap((name) => [`ETRADE_${name}_CONSUMER_KEY`, `ETRADE_${name}_CONSUMER_SECRET`]);
  const [firestore, pubsub, broker, ...rest] = await Promise.all([
    startFirestoreServer(),
    startPubsubServer({ project, topics: ["token-updates"] }),
    startPracticeServer({ port: 0, clock, stateFile: null }),
    startSecretManagerServer({ project, secrets: ["prebell-key", "prebell-etrade-prod", ...keys, ...values] }),
    startTelegramServer(),
  ]);
  [secrets, telegram] = rest;
  clearAfterwards(() => broker.close());
  secrets.plant("ETRADE_PROD_CONSUMER_KEY", practiceKeys.prod.consumerKey);
  secrets.plant("ETRADE_PROD_CONSUMER_SECRET", practiceKeys.prod.consumerSecret);
  const urls = practiceUrls(broker.url);
  env = {
    TELEGRAM_API_ROOT: telegram.env.TELEGRAM_API_ROOT,
    SECRET_MANAGER_ENDPOINT: secrets.host,
    FIRESTORE_EMULATOR_HOST: firestore.host,
    PUBSUB_EMULATOR_HOST: pubsub.host,
    ETRADE_OAUTH_URL: urls.oauthUrl,
    ETRADE_AUTHORIZE_URL: urls.authorizeUrl,
    ETRADE_PROD_API_URL: urls.prodApiUrl,
    ETRADE_SANDBOX_API_URL: urls.sandboxApiUrl,
    METADATA_SERVER_DETECTION: "none",
  };
  folder = mkdtempSync(join(tmpdir(), "prebell-finish-"));
  clearAfterwards(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "infra"));
  stackFile();
});

function stackFile(more = ""): void {
  const settings = `  gcp:project: ${project}\n  gcp:region: us-east1\n  prebell:publicUrl: https://prebell-test.web.app\n  prebell:telegramChatId: "7654321"\n`;
  writeFileSync(join(folder, "infra/Pulumi.prod.yaml"), `config:\n${settings}${more}`);
}

function addSecrets(): void {
  secrets.plant("TELEGRAM_BOT_TOKEN", `${telegram.env.TELEGRAM_BOT_TOKEN}\n`);
  secrets.plant("TELEGRAM_WEBHOOK_SECRET", webhookSecret);
  secrets.plant("API_TOKEN", "a-token-for-the-trading-system");
  secrets.plant("HEARTBEAT_URL", heartbeatUrl);
}

function finish(args: readonly string[] = ["--webhook-url", webhookUrl], more: Record<string, string> = {}) {
  const place = { dataDir: join(folder, "data"), port: 8080, practicePort: 8090 };
  return openTerminal(place, ["setup", "google", "--finish", ...args], { ...env, ...more }, folder).ended();
}

function leaks(said: Said): string[] {
  return leaksIn(
    { stdout: said.stdout, stderr: said.stderr },
    {
      "bot token": telegram.env.TELEGRAM_BOT_TOKEN,
      "webhook secret": webhookSecret,
      "consumer secret": practiceKeys.prod.consumerSecret,
      "api token": "a-token-for-the-trading-system",
      heartbeat: heartbeatUrl,
    },
  );
}

it("sets webhook and commands with the service's own secrets, examines every link and says how to sign in", async () => {
  addSecrets();
  const said = await finish();
  expect(telegram.settings.webhook()).toEqual({
    url: webhookUrl,
    secret: webhookSecret,
    allowedUpdates: ["message", "callback_query", "my_chat_member"],
  });
  expect(telegram.settings.commands().map((each) => each.command)).toContain("status");
  // For every private chat.
  expect(telegram.settings.menuButtons().get(0)).toEqual({
    type: "web_app",
    text: "Renew",
    web_app: { url: "https://prebell-test.web.app/mini" },
  });
  expect(telegram.faults).toEqual([]);
  expect(said.stdout).toContain(
    `@prebell_test_bot delivers to ${webhookUrl}; its command menu and its Renew button are set.`,
  );
  for (const line of ["✓ records", "✓ secrets", "✓ etrade-prod key", "✓ chat  ", "✓ chat webhook", "✓ heartbeat"])
    expect(said.stdout).toContain(line);
  expect(said.stdout).toContain("! tick");
  expect(said.stdout).toContain(
    "STORAGE=google GOOGLE_CLOUD_PROJECT=prebell-test PUBLIC_URL=https://prebell-test.web.app npm run prebell -- link",
  );
  expect(said.code).toBe(0);
  expect(leaks(said)).toEqual([]);
});

it("run again, leaves the webhook where it is; without one it says how to set it", async () => {
  addSecrets();
  const first = await finish([]);
  expect(first).toMatchObject({ code: 1, stderr: expect.stringContaining("output telegramWebhookUrl --stack prod") });
  await finish();
  expect((await finish([])).code).toBe(0);
  expect(telegram.settings.webhook().url).toBe(webhookUrl);
});

it("uses the version of a secret that the services run on", async () => {
  addSecrets();
  secrets.plant("TELEGRAM_WEBHOOK_SECRET", "the-next-webhook-secret_0123456789");
  await finish();
  expect(telegram.settings.webhook().secret).toBe(webhookSecret);
  stackFile("  prebell:secretVersions:\n    TELEGRAM_WEBHOOK_SECRET: 2\n");
  await finish();
  expect(telegram.settings.webhook().secret).toBe("the-next-webhook-secret_0123456789");
});

it("ignores what the laptop is set up with", async () => {
  addSecrets();
  const laptop = {
    TELEGRAM_BOT_TOKEN: "999999:AAHxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    TELEGRAM_CHAT_ID: "1",
    ETRADE_PROD_CONSUMER_KEY: "another",
    ETRADE_PROD_CONSUMER_SECRET: "another",
    STORAGE: "local",
  };
  expect((await finish(undefined, laptop)).code).toBe(0);
});

it("names the secrets that have no value yet", async () => {
  const said = await finish();
  expect(said.code).toBe(1);
  expect(said.stderr).toContain("TELEGRAM_BOT_TOKEN (version 1) and TELEGRAM_WEBHOOK_SECRET (version 1) have no value");
  expect(telegram.received).toEqual([]);
});

it("says whose rights are missing when a secret may not be read", async () => {
  addSecrets();
  secrets.deny("secretmanager.versions.access", "TELEGRAM_BOT_TOKEN");
  const said = await finish();
  expect(said.code).toBe(1);
  expect(said.stderr).toContain("roles/secretmanager.secretAccessor");
});

it("repeats Telegram's refusal, examines the rest all the same, and ends as failed", async () => {
  addSecrets();
  const said = await finish(["--webhook-url", "https://prebell.invalid/telegram/webhook"]);
  expect(said.code).toBe(1);
  expect(said.stderr).toContain("Failed to resolve host");
  expect(said.stderr).toContain("deploy first");
  expect(said.stdout).toContain("✓ records");
  expect(said.stdout).toContain("✗ chat webhook");
  expect(said.stdout).not.toContain("Prebell is up");
  expect(leaks(said)).toEqual([]);
});
