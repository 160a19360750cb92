// The only reader of the environment: read once, checked, frozen, secrets wrapped. Every message names the variable.
import { existsSync } from "node:fs";
import { type ChannelsConfig, channelSecrets, readChannels } from "./config-channels.ts";
import { readVariables, type Variable } from "./config-variables.ts";
import { type ApiScope, apiScopes } from "./domain/api-token.ts";
import type { ConnectionIdentity, Environment } from "./domain/connection.ts";
import type { Ceremony } from "./domain/pending-authorization.ts";
import { type DeclaredToken, readDeclaredTokens } from "./domain/declared-token.ts";
import { Secret } from "./domain/secret.ts";

export class ConfigError extends Error {
  override name = "ConfigError" as const;
}

export interface EtradeConfig {
  readonly identity: ConnectionIdentity;
  readonly consumerKey: Secret;
  readonly consumerSecret: Secret;
  readonly apiUrl: string;
}

/** Where records, tokens and events live in the cloud. The endpoints are null for Google's own. */
export interface GoogleConfig {
  readonly project: string;
  /** `host:port` or `http://…` without TLS and credentials; `https://host:port` with both. */
  readonly secretManagerEndpoint: string | null;
  readonly firestoreEmulator: string | null;
  readonly pubsubEmulator: string | null;
  readonly topic: string;
  /** Whether E*TRADE's tokens are also written under the names that existing trading systems read. */
  readonly etradeMirror: boolean;
}

export interface SchwabConfig {
  readonly clientId: Secret;
  readonly clientSecret: Secret;
  /** As registered with the app, byte for byte: our own callback page, or https://127.0.0.1 from where the person pastes. */
  readonly redirectUri: string;
}

export interface CronConfig {
  readonly audience: string;
  /** The e-mail address of the scheduler's service account. */
  readonly serviceAccount: string;
  readonly jwksUrl: string;
}

export interface Config {
  readonly storage: "local" | "google";
  /** Null with local storage. */
  readonly google: GoogleConfig | null;
  /** Who may call /cron by OIDC token; null where an API token does. */
  readonly cron: CronConfig | null;
  readonly heartbeatUrl: string | null;
  readonly port: number;
  readonly host: string;
  /** Where people open the page; null on a laptop, where it is this machine's own address. */
  readonly publicUrl: string | null;
  readonly dataDir: string;
  readonly logLevel: string;
  /** The brokers that keys were given for; empty means practice, and with Google that the keys are read from there. */
  readonly etrade: readonly EtradeConfig[];
  /** Null where no app key is given. */
  readonly schwab: SchwabConfig | null;
  /** As set, or null: with Google the app's keys are read from there only where it is. */
  readonly schwabRedirectUri: string | null;
  /** What an app's redirect address is where none is named with its keys. */
  readonly schwabUsualRedirectUri: string;
  readonly schwabOauthUrl: string;
  readonly schwabApiUrl: string;
  /** Whether programs are given the refresh token too: two that use it lock each other out. */
  readonly exportRefreshToken: boolean;
  readonly etradeApiUrls: Readonly<Record<Environment, string>>;
  readonly etradeOauthUrl: string;
  readonly etradeAuthorizeUrl: string;
  readonly etradeTokenLifetimeDays: number;
  readonly etradeCeremony: Ceremony;
  readonly practicePort: number;
  readonly telegram: {
    readonly botToken: Secret;
    readonly chatId: string;
    readonly apiRoot: string | null;
    /** What Telegram proves itself with at /telegram/webhook; null where nothing is received. */
    readonly webhookSecret: Secret | null;
  } | null;
  /** What messages can be sent with besides Telegram. */
  readonly channels: ChannelsConfig;
  readonly apiAccess: { readonly token: Secret; readonly scopes: ReadonlySet<ApiScope> } | null;
  /** Programs' tokens by their hashes, besides `apiAccess` and those made on the page or in the terminal. */
  readonly apiTokens: readonly DeclaredToken[];
  readonly webhook: { readonly url: string; readonly secret: Secret } | null;
  readonly exportTokensDir: string | null;
  /** mailto: or https; null where nobody was named. */
  readonly securityContact: string | null;
}

/** The process's variables, with those of a .env file in the working folder where they are not set. */
export function loadEnvironment(): Readonly<Record<string, string | undefined>> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  return process.env;
}

/** Throws `ConfigError` with every fault found, each naming its variable and what to set. */
export function readConfig(processEnvironment: Readonly<Record<string, string | undefined>>): Config {
  const read = readVariables(processEnvironment);
  if ("faults" in read) throw new ConfigError(read.faults.join("\n"));
  const { values } = read;
  const faults: string[] = [];

  const pair = (first: Variable, second: Variable): [Secret, string] | null => {
    const [a, b] = [values[first], values[second]];
    if (a !== undefined && b !== undefined) return [new Secret(String(a)), String(b)];
    if (a !== undefined) faults.push(`${second} is missing: ${first} is set, and the two belong together.`);
    if (b !== undefined) faults.push(`${first} is missing: ${second} is set, and the two belong together.`);
    return null;
  };
  const etrade = (["prod", "sandbox"] as const).flatMap((environment): EtradeConfig[] => {
    const prefix = `ETRADE_${environment === "prod" ? "PROD" : "SANDBOX"}` as const;
    const key = pair(`${prefix}_CONSUMER_KEY`, `${prefix}_CONSUMER_SECRET`);
    if (key === null) return [];
    const identity = { id: `etrade-${environment}`, provider: "etrade", environment } as const;
    return [{ identity, consumerKey: key[0], consumerSecret: new Secret(key[1]), apiUrl: values[`${prefix}_API_URL`] }];
  });
  const schwabPair = pair("SCHWAB_CLIENT_ID", "SCHWAB_CLIENT_SECRET");
  const redirectUri =
    values.SCHWAB_REDIRECT_URI ??
    (values.PUBLIC_URL?.startsWith("https://") ? `${values.PUBLIC_URL}/callback/schwab` : "https://127.0.0.1");
  const telegram = pair("TELEGRAM_BOT_TOKEN", "TELEGRAM_CHAT_ID");
  const webhook = pair("EVENT_WEBHOOK_SECRET", "EVENT_WEBHOOK_URL");
  const channels = readChannels(values, pair, faults);
  const host = values.HOST ?? (values.STORAGE === "google" ? "0.0.0.0" : "127.0.0.1");
  const loopback = ["127.0.0.1", "localhost", "::1"].includes(host);
  // Whoever opens Prebell to the internet has to say so if credentials shall be fetched from there.
  const usual = apiScopes.filter((scope) => scope !== "token" || (loopback && values.PUBLIC_URL === undefined));
  const scopes = readScopes(values.API_TOKEN_SCOPES ?? usual.join(" "), faults);
  const declared = readDeclaredTokens(values.API_TOKENS ?? "");
  faults.push(...declared.faults);
  // With Google the commands of an owner's own machine read this too, and listen nowhere: see requireCloud.
  if (values.STORAGE === "local" && !loopback && !values.PUBLIC_URL?.startsWith("https://"))
    faults.push(
      `PUBLIC_URL has to be the https address people open, because HOST ${host} is reachable from outside. Set it, or set HOST to 127.0.0.1.`,
    );
  if (values.TELEGRAM_WEBHOOK_SECRET !== undefined && telegram === null)
    faults.push("TELEGRAM_WEBHOOK_SECRET is set without TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID: nobody could answer.");
  const cron = pair("CRON_SERVICE_ACCOUNT", "CRON_AUDIENCE");
  if (values.STORAGE === "google" && values.GOOGLE_CLOUD_PROJECT === undefined)
    faults.push("GOOGLE_CLOUD_PROJECT is missing: STORAGE=google keeps everything in that project.");
  if (values.STORAGE === "google" && webhook !== null)
    faults.push("EVENT_WEBHOOK_URL can't be combined with STORAGE=google: events go to Pub/Sub there. Remove it.");
  if (values.K_SERVICE !== undefined)
    for (const name of [
      "SECRET_MANAGER_ENDPOINT",
      "FIRESTORE_EMULATOR_HOST",
      "PUBSUB_EMULATOR_HOST",
      "CHANNEL_API_ROOT",
    ] as const)
      if (values[name] !== undefined)
        faults.push(`${name} is for tests: on Cloud Run it would send secrets elsewhere. Remove it.`);
  if (faults.length > 0) throw new ConfigError(faults.join("\n"));

  return Object.freeze({
    storage: values.STORAGE,
    google:
      values.STORAGE === "local"
        ? null
        : {
            project: values.GOOGLE_CLOUD_PROJECT ?? "",
            secretManagerEndpoint: values.SECRET_MANAGER_ENDPOINT ?? null,
            firestoreEmulator: values.FIRESTORE_EMULATOR_HOST ?? null,
            pubsubEmulator: values.PUBSUB_EMULATOR_HOST ?? null,
            topic: values.PUBSUB_TOPIC,
            etradeMirror: values.ETRADE_SECRET_MIRROR === "on",
          },
    cron: cron === null ? null : { serviceAccount: cron[0].reveal(), audience: cron[1], jwksUrl: values.OIDC_JWKS_URL },
    heartbeatUrl: values.HEARTBEAT_URL ?? null,
    port: values.PORT,
    host,
    publicUrl: values.PUBLIC_URL ?? null,
    dataDir: values.DATA_DIR,
    logLevel: values.LOG_LEVEL,
    etrade,
    schwab:
      schwabPair === null ? null : { clientId: schwabPair[0], clientSecret: new Secret(schwabPair[1]), redirectUri },
    schwabRedirectUri: values.SCHWAB_REDIRECT_URI ?? null,
    schwabUsualRedirectUri: redirectUri,
    schwabOauthUrl: values.SCHWAB_OAUTH_URL,
    schwabApiUrl: values.SCHWAB_API_URL,
    exportRefreshToken: values.SCHWAB_EXPORT_REFRESH_TOKEN === "on",
    etradeApiUrls: { prod: values.ETRADE_PROD_API_URL, sandbox: values.ETRADE_SANDBOX_API_URL },
    etradeOauthUrl: values.ETRADE_OAUTH_URL,
    etradeAuthorizeUrl: values.ETRADE_AUTHORIZE_URL,
    etradeTokenLifetimeDays: values.ETRADE_TOKEN_LIFETIME_DAYS,
    etradeCeremony: values.ETRADE_CALLBACK === "registered" ? "redirect" : "verifier",
    practicePort: values.PRACTICE_PORT,
    telegram:
      telegram === null
        ? null
        : {
            botToken: telegram[0],
            chatId: telegram[1],
            apiRoot: values.TELEGRAM_API_ROOT ?? null,
            webhookSecret:
              values.TELEGRAM_WEBHOOK_SECRET === undefined ? null : new Secret(values.TELEGRAM_WEBHOOK_SECRET),
          },
    channels,
    apiAccess: values.API_TOKEN === undefined ? null : { token: new Secret(values.API_TOKEN), scopes },
    apiTokens: declared.tokens,
    webhook: webhook === null ? null : { secret: webhook[0], url: webhook[1] },
    exportTokensDir: values.EXPORT_TOKENS_DIR ?? null,
    securityContact: values.SECURITY_CONTACT ?? null,
  });
}

/** What only the server in the cloud needs, and not a command run against the same data. */
export function requireCloud(config: Config): Config {
  const faults = [
    ...(config.google === null ? ['STORAGE has to be "google" here: this program was built for Google Cloud.'] : []),
    ...(config.publicUrl?.startsWith("https://") || ["127.0.0.1", "localhost", "::1"].includes(config.host)
      ? []
      : ["PUBLIC_URL has to be the https address people open, for example https://my-project.web.app."]),
    ...(config.cron === null
      ? [
          "CRON_AUDIENCE and CRON_SERVICE_ACCOUNT are missing: without them nobody could tell Cloud Scheduler from a stranger.",
        ]
      : []),
    ...(config.telegram !== null && config.telegram.webhookSecret === null
      ? [
          "TELEGRAM_WEBHOOK_SECRET is missing: without it anybody could speak as Telegram. openssl rand -hex 32 makes one.",
        ]
      : []),
  ];
  if (faults.length > 0) throw new ConfigError(faults.join("\n"));
  return config;
}

function readScopes(text: string, faults: string[]): ReadonlySet<ApiScope> {
  const words = text.split(/[\s,]+/).filter((word) => word !== "");
  const known = apiScopes.filter((scope) => words.includes(scope));
  const unknown = words.filter((word) => !apiScopes.some((scope) => scope === word));
  if (unknown.length > 0) faults.push(`API_TOKEN_SCOPES knows ${apiScopes.join(", ")}; not ${unknown.join(", ")}.`);
  return new Set(known);
}

/** Every secret of the configuration, for the log's scrubber. */
export function secretsOf(config: Config): Secret[] {
  return [
    ...config.etrade.flatMap((each) => [each.consumerKey, each.consumerSecret]),
    ...(config.schwab === null ? [] : [config.schwab.clientId, config.schwab.clientSecret]),
    ...(config.telegram === null ? [] : [config.telegram.botToken]),
    ...(config.telegram?.webhookSecret ? [config.telegram.webhookSecret] : []),
    ...channelSecrets(config.channels),
    ...(config.apiAccess === null ? [] : [config.apiAccess.token]),
    ...(config.webhook === null ? [] : [config.webhook.secret]),
    // Whoever knows it can keep the watchdog quiet.
    ...(config.heartbeatUrl === null ? [] : [new Secret(config.heartbeatUrl)]),
  ];
}
