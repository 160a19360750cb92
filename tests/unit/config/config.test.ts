import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, readConfig, requireCloud, secretsOf } from "../../../server/config.ts";

type Environment = Parameters<typeof readConfig>[0];

const webhookSecret = `whsec_${"A".repeat(32)}`;
const botToken = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const apiToken = "a-token-of-twenty-four-or-more";

const inTheCloud = {
  STORAGE: "google",
  GOOGLE_CLOUD_PROJECT: "my-trading-482913",
  PUBLIC_URL: "https://my-trading-482913.web.app",
  CRON_AUDIENCE: "https://prebell-cron",
  CRON_SERVICE_ACCOUNT: "scheduler@my-trading-482913.iam.gserviceaccount.com",
  TELEGRAM_BOT_TOKEN: botToken,
  TELEGRAM_CHAT_ID: "7654321",
  TELEGRAM_WEBHOOK_SECRET: "w".repeat(32),
};

/** The sentences with which the configuration is refused; empty if it is not. */
function faultsOf(environment: Environment): string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n");
  }
}

const scopesOf = (environment: Environment) => [
  ...(readConfig({ API_TOKEN: apiToken, ...environment }).apiAccess?.scopes ?? []),
];

const needsHttps = (host: string) =>
  `PUBLIC_URL has to be the https address people open, because HOST ${host} is reachable from outside. Set it, or set HOST to 127.0.0.1.`;

describe("readConfig", () => {
  it("makes a laptop in practice mode of an empty environment", () => {
    expect(readConfig({})).toMatchObject({
      port: 8080,
      host: "127.0.0.1",
      publicUrl: null,
      dataDir: "./data",
      logLevel: "info",
      etrade: [],
      etradeOauthUrl: "https://api.etrade.com/oauth",
      etradeAuthorizeUrl: "https://us.etrade.com/e/t/etws/authorize",
      etradeTokenLifetimeDays: 1,
      etradeCeremony: "verifier",
      practicePort: 8090,
      telegram: null,
      apiAccess: null,
      webhook: null,
      exportTokensDir: null,
    });
  });

  it("counts a blank variable as not set", () => {
    expect(readConfig({ PORT: " ", ETRADE_PROD_CONSUMER_KEY: "", PUBLIC_URL: "\t" })).toEqual(readConfig({}));
  });

  it("makes one connection per key pair, each with its own address", () => {
    const pairs = {
      ETRADE_PROD_CONSUMER_KEY: "prod-key",
      ETRADE_PROD_CONSUMER_SECRET: " prod-secret\n",
      ETRADE_SANDBOX_CONSUMER_KEY: "sandbox-key",
      ETRADE_SANDBOX_CONSUMER_SECRET: "sandbox-secret",
      ETRADE_SANDBOX_API_URL: "http://127.0.0.1:9000/sandbox/",
    };
    const { etrade } = readConfig(pairs);
    expect(
      etrade.map(({ identity, consumerSecret, apiUrl }) => [identity.id, consumerSecret.reveal(), apiUrl]),
    ).toEqual([
      ["etrade-prod", "prod-secret", "https://api.etrade.com"],
      ["etrade-sandbox", "sandbox-secret", "http://127.0.0.1:9000/sandbox"],
    ]);
  });

  it("knows each of its secrets and shows none when printed", () => {
    const config = readConfig({
      ETRADE_PROD_CONSUMER_KEY: "consumer-key",
      ETRADE_PROD_CONSUMER_SECRET: "consumer-secret",
      TELEGRAM_BOT_TOKEN: botToken,
      TELEGRAM_CHAT_ID: "-1001234567890",
      API_TOKEN: apiToken,
      EVENT_WEBHOOK_URL: "https://trader.example/hook",
      EVENT_WEBHOOK_SECRET: webhookSecret,
    });
    const revealed = secretsOf(config).map((secret) => secret.reveal());
    expect(revealed).toEqual(["consumer-key", "consumer-secret", botToken, apiToken, webhookSecret]);
    for (const secret of revealed) expect(JSON.stringify(config)).not.toContain(secret);
  });

  it("gives an API token every scope unless some are named", () => {
    expect(scopesOf({})).toEqual(["status", "keepalive", "cron", "confirm", "events", "token"]);
    expect(scopesOf({ API_TOKEN_SCOPES: "cron,status" })).toEqual(["status", "cron"]);
  });

  it("takes programs' tokens as hashes, and says which entry is none without repeating it", () => {
    const declared = `watchdog:status:*:${"a".repeat(64)}`;
    expect(readConfig({ API_TOKENS: declared }).apiTokens).toEqual([
      { name: "watchdog", scopes: ["status"], connections: null, digest: "a".repeat(64) },
    ]);
    expect(faultsOf({ API_TOKENS: `${declared};bot:status:*:prebell_${"x".repeat(43)}` })).toEqual([
      "API_TOKENS, entry 2 (bot): the last part has to be the token's SHA-256, 64 hex digits, never the token itself; npm run prebell -- tokens hash makes an entry from a token.",
    ]);
  });

  it("keeps everything in the cloud where STORAGE says so, and listens there for everybody", () => {
    const config = readConfig(inTheCloud);
    expect(config.google).toEqual({
      project: "my-trading-482913",
      secretManagerEndpoint: null,
      firestoreEmulator: null,
      pubsubEmulator: null,
      topic: "token-updates",
      etradeMirror: true,
    });
    expect(config.host).toBe("0.0.0.0");
    expect(requireCloud(config).cron).toEqual({
      audience: "https://prebell-cron",
      serviceAccount: "scheduler@my-trading-482913.iam.gserviceaccount.com",
      jwksUrl: "https://www.googleapis.com/oauth2/v3/certs",
    });
  });

  it.each<[string, Record<string, string | undefined>, string]>([
    ["no project", { GOOGLE_CLOUD_PROJECT: undefined }, "GOOGLE_CLOUD_PROJECT is missing"],
    ["no address", { PUBLIC_URL: undefined }, "PUBLIC_URL has to be the https address"],
    ["nobody who may call /cron", { CRON_AUDIENCE: undefined, CRON_SERVICE_ACCOUNT: undefined }, "CRON_AUDIENCE and"],
    ["half of who may call /cron", { CRON_AUDIENCE: undefined }, "CRON_AUDIENCE is missing"],
    [
      "a bot that anybody could speak for",
      { TELEGRAM_WEBHOOK_SECRET: undefined },
      "TELEGRAM_WEBHOOK_SECRET is missing",
    ],
    [
      "a webhook secret without a bot",
      { TELEGRAM_BOT_TOKEN: undefined, TELEGRAM_CHAT_ID: undefined },
      "TELEGRAM_WEBHOOK_SECRET is set",
    ],
    [
      "tokens led elsewhere",
      { K_SERVICE: "prebell", SECRET_MANAGER_ENDPOINT: "10.0.0.1:80" },
      "SECRET_MANAGER_ENDPOINT is for tests",
    ],
    [
      "records led elsewhere",
      { K_SERVICE: "prebell", FIRESTORE_EMULATOR_HOST: "10.0.0.1:80" },
      "FIRESTORE_EMULATOR_HOST is for",
    ],
    [
      "events led elsewhere",
      { K_SERVICE: "prebell", PUBSUB_EMULATOR_HOST: "10.0.0.1:80" },
      "PUBSUB_EMULATOR_HOST is for",
    ],
  ])("does not start in the cloud with %s", (_what, changes, sentence) => {
    expect(() => requireCloud(readConfig({ ...inTheCloud, ...changes }))).toThrow(sentence);
  });

  it("takes a registered callback for the redirect ceremony", () => {
    expect(readConfig({ ETRADE_CALLBACK: "registered" }).etradeCeremony).toBe("redirect");
  });

  it("lets others reach it only over https", () => {
    expect(faultsOf({ HOST: "0.0.0.0" })).toEqual([needsHttps("0.0.0.0")]);
    expect(faultsOf({ HOST: "::", PUBLIC_URL: "http://prebell.example" })).toEqual([needsHttps("::")]);
    expect(faultsOf({ HOST: "0.0.0.0", PUBLIC_URL: "https://prebell.example" })).toEqual([]);
    for (const HOST of ["127.0.0.1", "localhost", "::1"]) expect(faultsOf({ HOST })).toEqual([]);
  });

  it.each([
    ["GOOGLE_CLOUD_PROJECT", "My Project"],
    ["PUBSUB_TOPIC", "projects/p/topics/t"],
    ["ETRADE_SECRET_MIRROR", "yes"],
    ["SECRET_MANAGER_ENDPOINT", "secretmanager.googleapis.com"],
    ["FIRESTORE_EMULATOR_HOST", "127.0.0.1"],
    ["PUBSUB_EMULATOR_HOST", "http://127.0.0.1:8085"],
    ["CRON_SERVICE_ACCOUNT", "scheduler"],
    ["OIDC_JWKS_URL", "certs"],
    ["HEARTBEAT_URL", "hc-ping.com/uuid"],
    ["TELEGRAM_WEBHOOK_SECRET", "with spaces in it, which Telegram refuses"],
    ["PORT", "70000"],
    ["PORT", "0"],
    ["PORT", "80.5"],
    ["PORT", "http"],
    ["PRACTICE_PORT", "-1"],
    ["PUBLIC_URL", "prebell.example"],
    ["PUBLIC_URL", "ftp://prebell.example"],
    ["STORAGE", "cloud"],
    ["LOG_LEVEL", "loud"],
    ["ETRADE_TOKEN_LIFETIME_DAYS", "0"],
    ["ETRADE_CALLBACK", "yes"],
    ["ETRADE_OAUTH_URL", "api.etrade.com"],
    ["TELEGRAM_BOT_TOKEN", "123:short"],
    ["TELEGRAM_CHAT_ID", "@me"],
    ["API_TOKEN", "short"],
    ["EVENT_WEBHOOK_SECRET", "hush"],
    ["EVENT_WEBHOOK_SECRET", `whsec_${"A".repeat(31)}`],
    ["EVENT_WEBHOOK_SECRET", `whsec_${"A".repeat(32)}=====`],
  ])("refuses %s=%s by its name", (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toContainEqual(expect.stringMatching(new RegExp(`^${name} has to be .+\\.$`)));
  });

  it.each(["A".repeat(32), `${"A".repeat(43)}=`, "A".repeat(43), `${"A".repeat(42)}==`])(
    "takes webhook secrets that can be signed with: whsec_%s",
    (base64) => {
      const secret = `whsec_${base64}`;
      expect(faultsOf({ EVENT_WEBHOOK_URL: "https://trader.example", EVENT_WEBHOOK_SECRET: secret })).toEqual([]);
      expect(() => new Webhook(secret)).not.toThrow();
    },
  );

  it.each([
    ["ETRADE_PROD_CONSUMER_KEY", "ETRADE_PROD_CONSUMER_SECRET", "key"],
    ["ETRADE_PROD_CONSUMER_SECRET", "ETRADE_PROD_CONSUMER_KEY", "secret"],
    ["ETRADE_SANDBOX_CONSUMER_KEY", "ETRADE_SANDBOX_CONSUMER_SECRET", "key"],
    ["TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID", botToken],
    ["TELEGRAM_CHAT_ID", "TELEGRAM_BOT_TOKEN", "42"],
    ["EVENT_WEBHOOK_URL", "EVENT_WEBHOOK_SECRET", "https://trader.example"],
    ["EVENT_WEBHOOK_SECRET", "EVENT_WEBHOOK_URL", webhookSecret],
  ])("misses the other half of %s", (given, missing, value) => {
    expect(faultsOf({ [given]: value })).toEqual([
      `${missing} is missing: ${given} is set, and the two belong together.`,
    ]);
  });

  it("tells every fault at once and repeats no value", () => {
    const faults = faultsOf({ API_TOKEN: "hush-hush", TELEGRAM_BOT_TOKEN: "12345:hush-hush", PORT: "hush-hush" });
    expect(faults).toHaveLength(3);
    expect(faults.join("\n")).not.toContain("hush");
  });
});

describe("a variable ending in _FILE", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "prebell-unit-"));
    writeFileSync(join(folder, "token"), `${apiToken}\n`);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("gives the file's content without its line end", () => {
    expect(readConfig({ API_TOKEN_FILE: join(folder, "token") }).apiAccess?.token.reveal()).toBe(apiToken);
  });

  it("is refused beside the variable itself", () => {
    expect(faultsOf({ API_TOKEN: apiToken, API_TOKEN_FILE: join(folder, "token") })).toEqual([
      "API_TOKEN and API_TOKEN_FILE are both set. Remove one of them.",
    ]);
  });

  it("is refused if it can't be read", () => {
    const path = join(folder, "absent");
    expect(faultsOf({ API_TOKEN_FILE: path })).toEqual([
      `API_TOKEN_FILE names ${path}, which can't be read. Check the path and its permissions.`,
    ]);
  });
});
