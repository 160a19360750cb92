// The variables by name: what each may hold, and its default. How they go together is decided in config.ts.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { isDiscordWebhook, isEmailAddress, isNtfyTopic, isSlackWebhook, isSmtpUrl } from "./domain/channel-address.ts";

const url = z.url({ protocol: /^https?$/, error: "an http(s) address" }).transform((text) => text.replace(/\/+$/, ""));
const wholeNumber = (min: number, max: number) =>
  z.coerce
    .number({ error: `a whole number from ${min} to ${max}` })
    .int()
    .min(min)
    .max(max);

// Else the Authorization header would need escapes that Schwab's side is not known to undo.
const schwabKey = z.string().regex(/^[A-Za-z0-9]{8,128}$/, "letters and digits, as the developer portal shows it");
const hostAndPort = z.string().regex(/^[\w.[\]:-]+:\d+$/, "host:port, for example 127.0.0.1:8085");
const endpoint = z
  .string()
  .regex(/^(https?:\/\/)?[\w.[\]:-]+:\d+$/, "host:port, or https://host:port for TLS with credentials");

/** "a@b.example" or "Prebell <a@b.example>". */
const sender = z.string().refine((text) => isEmailAddress(/^[^<>"\r\n]+<([^<>]+)>$/.exec(text)?.[1] ?? text), {
  error: "an e-mail address, or Name <address>",
});

/** Whatever is sent there has to be encrypted, unless it stays within this machine. */
const ntfyOrigin = url.refine(
  (text) => /^https:\/\/[^/@]+$|^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(text),
  {
    error: "an https address without a path",
  },
);

/** Every variable with its rule and its default. The README documents each; a test compares the two. */
export const variables = {
  PORT: wholeNumber(1, 65535).default(8080),
  HOST: z.string().optional(),
  PUBLIC_URL: url.optional(),
  DATA_DIR: z.string().default("./data"),
  STORAGE: z.enum(["local", "google"], { error: '"local" or "google"' }).default("local"),
  GOOGLE_CLOUD_PROJECT: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, "the project's id, for example my-trading-482913")
    .optional(),
  PUBSUB_TOPIC: z
    .string()
    .regex(/^[A-Za-z][\w.~+%-]{2,254}$/, "a topic's name without the project")
    .default("token-updates"),
  ETRADE_SECRET_MIRROR: z.enum(["on", "off"], { error: '"on" or "off"' }).default("on"),
  SECRET_MANAGER_ENDPOINT: endpoint.optional(),
  FIRESTORE_EMULATOR_HOST: hostAndPort.optional(),
  PUBSUB_EMULATOR_HOST: hostAndPort.optional(),
  CRON_AUDIENCE: z.string().optional(),
  CRON_SERVICE_ACCOUNT: z.email({ error: "a service account's e-mail address" }).optional(),
  OIDC_JWKS_URL: url.default("https://www.googleapis.com/oauth2/v3/certs"),
  HEARTBEAT_URL: url.optional(),
  K_SERVICE: z.string().optional(),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "silent"], { error: "trace, debug, info, warn, error or silent" })
    .default("info"),
  ETRADE_PROD_CONSUMER_KEY: z.string().optional(),
  ETRADE_PROD_CONSUMER_SECRET: z.string().optional(),
  ETRADE_SANDBOX_CONSUMER_KEY: z.string().optional(),
  ETRADE_SANDBOX_CONSUMER_SECRET: z.string().optional(),
  ETRADE_OAUTH_URL: url.default("https://api.etrade.com/oauth"),
  ETRADE_AUTHORIZE_URL: url.default("https://us.etrade.com/e/t/etws/authorize"),
  ETRADE_PROD_API_URL: url.default("https://api.etrade.com"),
  ETRADE_SANDBOX_API_URL: url.default("https://apisb.etrade.com"),
  ETRADE_TOKEN_LIFETIME_DAYS: wholeNumber(1, 90).default(1),
  ETRADE_CALLBACK: z.enum(["none", "registered"], { error: '"none" or "registered"' }).default("none"),
  SCHWAB_CLIENT_ID: schwabKey.optional(),
  SCHWAB_CLIENT_SECRET: schwabKey.optional(),
  SCHWAB_REDIRECT_URI: z
    .string()
    .regex(/^https:\/\/[^\s#]+$/, "the https address registered with the app, byte for byte")
    .optional(),
  SCHWAB_OAUTH_URL: url.default("https://api.schwabapi.com/v1/oauth"),
  SCHWAB_API_URL: url.default("https://api.schwabapi.com"),
  SCHWAB_EXPORT_REFRESH_TOKEN: z.enum(["on", "off"], { error: '"on" or "off"' }).default("off"),
  PRACTICE_PORT: wholeNumber(0, 65535).default(8090),
  TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(/^\d+:[\w-]{20,}$/, "the token BotFather gave, digits, a colon and letters")
    .optional(),
  TELEGRAM_CHAT_ID: z
    .string()
    .regex(/^-?\d+$/, "a number; @userinfobot tells yours")
    .optional(),
  TELEGRAM_API_ROOT: url.optional(),
  TELEGRAM_WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{16,256}$/, "16 to 256 of A-Z, a-z, 0-9, _ and -; openssl rand -hex 32 makes one")
    .optional(),
  SMTP_URL: z
    .string()
    .refine(isSmtpUrl, {
      error: "smtps://user:password@host:465 or smtp://user:password@host:587, with other characters percent-encoded",
    })
    .optional(),
  SMTP_FROM: sender.optional(),
  EMAIL_TO: z.string().refine(isEmailAddress, { error: "one e-mail address" }).optional(),
  VAPID_PUBLIC_KEY: z
    .string()
    .regex(/^B[\w-]{86}$/, "an uncompressed P-256 point in base64url")
    .optional(),
  VAPID_PRIVATE_KEY: z
    .string()
    .regex(/^[\w-]{43}$/, "32 bytes in base64url")
    .optional(),
  VAPID_SUBJECT: z
    .string()
    .regex(
      /^mailto:[^\s@]+@[^\s@]+\.[^\s@]+$|^https:\/\/[^\s/]+\.\S+$/,
      "mailto: and an e-mail address, or an https address",
    )
    .optional(),
  NTFY_URL: ntfyOrigin.default("https://ntfy.sh"),
  NTFY_TOKEN: z
    .string()
    .regex(/^tk_\w{8,}$/, "an access token as ntfy shows it, tk_…")
    .optional(),
  NTFY_TOPIC: z.string().refine(isNtfyTopic, { error: "1 to 64 letters, digits, _ and -" }).optional(),
  SLACK_WEBHOOK_URL: z
    .string()
    .refine(isSlackWebhook, { error: "an incoming webhook, https://hooks.slack.com/services/…" })
    .optional(),
  DISCORD_WEBHOOK_URL: z
    .string()
    .refine(isDiscordWebhook, { error: "a webhook, https://discord.com/api/webhooks/…" })
    .optional(),
  CHANNEL_API_ROOT: url.optional(),
  API_TOKEN: z.string().min(24, "at least 24 characters; openssl rand -base64 32 makes one").optional(),
  API_TOKEN_SCOPES: z.string().optional(),
  API_TOKENS: z.string().optional(),
  EVENT_WEBHOOK_URL: url
    .refine((text) => new URL(text).username === "", "an address without a name and password in it")
    .optional(),
  EVENT_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'as Standard Webhooks has it: "whsec_" and base64 of 24 bytes or more')
    .optional(),
  EXPORT_TOKENS_DIR: z.string().optional(),
  SECURITY_CONTACT: z
    .string()
    .regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, "mailto:you@example.com or an https address")
    .optional(),
} satisfies Record<string, z.ZodType>;

export type Variable = keyof typeof variables;
const shape = z.object(variables);
export type Variables = z.infer<typeof shape>;

/** Each variable checked by its rule, or all faults found, a sentence each. */
export function readVariables(
  environment: Readonly<Record<string, string | undefined>>,
): { readonly values: Variables } | { readonly faults: readonly string[] } {
  const given: Partial<Record<Variable, string>> = {};
  const faults: string[] = [];
  for (const name of shape.keyof().options) {
    const value = valueOf(environment, name, faults);
    if (value !== undefined) given[name] = value;
  }
  const parsed = shape.safeParse(given);
  if (!parsed.success)
    for (const issue of parsed.error.issues) faults.push(`${issue.path.join(".")} has to be ${issue.message}.`);
  return parsed.success && faults.length === 0 ? { values: parsed.data } : { faults };
}

/** The variable's value, or the content of the file that NAME_FILE points at. Blank counts as not set. */
function valueOf(
  environment: Readonly<Record<string, string | undefined>>,
  name: Variable,
  faults: string[],
): string | undefined {
  const direct = environment[name]?.trim() || undefined;
  const file = environment[`${name}_FILE`]?.trim() || undefined;
  if (file === undefined) return direct;
  if (direct !== undefined) {
    faults.push(`${name} and ${name}_FILE are both set. Remove one of them.`);
    return undefined;
  }
  try {
    return readFileSync(file, "utf8").trim() || undefined;
  } catch {
    faults.push(`${name}_FILE names ${file}, which can't be read. Check the path and its permissions.`);
    return undefined;
  }
}
