// A bot's own settings at the Bot API: where its updates go, its command menu, the button beside the text field.
import type { BotCommand, MenuButton, Opts, WebhookInfo } from "grammy/types";
import { z } from "zod";

/** Telegram's answer to a call: a result, or a refusal with its status. */
export type ApiAnswer =
  | { readonly result: unknown }
  | { readonly status: number; readonly description: string; readonly retryAfter?: number };

export interface Webhook {
  /** Empty while updates wait to be fetched. */
  readonly url: string;
  readonly secret: string | null;
  /** Empty for all that Telegram brings unasked. */
  readonly allowedUpdates: readonly string[];
}

/** What the last delivery that failed was about. */
export interface DeliveryFault {
  readonly message: string;
  readonly at: Temporal.Instant;
}

export interface BotSettings {
  webhook(): Webhook;
  commands(): readonly BotCommand[];
  /** By chat; the bot's own under 0. */
  menuButtons(): ReadonlyMap<number, MenuButton>;
  /** As setWebhook would, wherever it leads. */
  setWebhook(webhook: Webhook): void;
  /** Deliveries fail from now on, as Telegram reports it. */
  failDeliveries(message: string, at: Temporal.Instant, pending: number): void;
  /** Null for a method that is not about settings. `pending`: how many updates wait. */
  answer(method: string, sent: unknown, waiting: { pending: number; fault: DeliveryFault | null }): ApiAnswer | null;
}

const updateKinds = z.array(z.enum(["message", "edited_message", "callback_query", "my_chat_member"]));
const webAppUrl = z.url({ protocol: /^https$/, hostname: z.regexes.domain });

/** What each method takes (core.telegram.org/bots/api), for telegram-rules.ts. */
export const settingsMethods = {
  setWebhook: z.strictObject({
    url: z.string(),
    secret_token: z
      .string()
      .regex(/^[\w-]{1,256}$/)
      .exactOptional(),
    allowed_updates: updateKinds.exactOptional(),
    max_connections: z.int().min(1).max(100).exactOptional(),
    drop_pending_updates: z.boolean().exactOptional(),
  }) satisfies z.ZodType<Opts<"setWebhook">>,
  deleteWebhook: z.strictObject({ drop_pending_updates: z.boolean().exactOptional() }) satisfies z.ZodType<
    Opts<"deleteWebhook">
  >,
  getWebhookInfo: z.strictObject({}),
  getUpdates: z.strictObject({
    offset: z.int().exactOptional(),
    limit: z.int().min(1).max(100).exactOptional(),
    timeout: z.int().min(0).max(50).exactOptional(),
    allowed_updates: updateKinds.exactOptional(),
  }) satisfies z.ZodType<Opts<"getUpdates">>,
  setMyCommands: z.strictObject({
    commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^[a-z0-9_]{1,32}$/),
          description: z.string().min(1).max(256),
        }),
      )
      .max(100),
  }) satisfies z.ZodType<Opts<"setMyCommands">>,
  setChatMenuButton: z.strictObject({
    chat_id: z.int().exactOptional(),
    menu_button: z
      .discriminatedUnion("type", [
        z.strictObject({ type: z.literal("default") }),
        z.strictObject({ type: z.literal("commands") }),
        z.strictObject({
          type: z.literal("web_app"),
          text: z.string().min(1),
          web_app: z.strictObject({ url: webAppUrl }),
        }),
      ])
      .exactOptional(),
  }) satisfies z.ZodType<Opts<"setChatMenuButton">>,
} as const;

export function botSettings(): BotSettings {
  let webhook: Webhook = { url: "", secret: null, allowedUpdates: [] };
  let commands: readonly BotCommand[] = [];
  const menuButtons = new Map<number, MenuButton>();
  let failing: (DeliveryFault & { pending: number }) | null = null;

  return {
    webhook: () => webhook,
    commands: () => commands,
    menuButtons: () => menuButtons,
    setWebhook(next) {
      webhook = next;
    },
    failDeliveries(message, at, pending) {
      failing = { message, at, pending };
    },
    answer(method, sent, { pending, fault }) {
      switch (method) {
        case "setWebhook": {
          const { url, secret_token: secret, allowed_updates: kinds } = settingsMethods.setWebhook.parse(sent);
          const wrong = url === "" ? null : addressFault(url);
          if (wrong !== null) return { status: 400, description: `Bad Request: bad webhook: ${wrong}` };
          webhook = { url, secret: secret ?? null, allowedUpdates: kinds ?? webhook.allowedUpdates };
          failing = null;
          return { result: true };
        }
        case "deleteWebhook":
          webhook = { ...webhook, url: "", secret: null };
          return { result: true };
        case "getWebhookInfo":
          return { result: webhookInfo(webhook, failing?.pending ?? pending, failing ?? fault) };
        case "setMyCommands":
          ({ commands } = settingsMethods.setMyCommands.parse(sent));
          return { result: true };
        case "setChatMenuButton": {
          const { chat_id: chat = 0, menu_button: button = { type: "default" } } =
            settingsMethods.setChatMenuButton.parse(sent);
          menuButtons.set(chat, button);
          return { result: true };
        }
        default:
          return null;
      }
    },
  };
}

function webhookInfo({ url, allowedUpdates }: Webhook, pending: number, fault: DeliveryFault | null): object {
  return {
    url,
    has_custom_certificate: false,
    pending_update_count: pending,
    ...(fault === null
      ? {}
      : { last_error_date: Math.floor(fault.at.epochMilliseconds / 1000), last_error_message: fault.message }),
    ...(url === "" ? {} : { max_connections: 40, allowed_updates: [...allowedUpdates] }),
  } satisfies Partial<Record<keyof WebhookInfo, unknown>>;
}

/** Telegram resolves the name and connects by TLS on one of four ports; what only this machine knows it can't reach. */
function addressFault(text: string): string | null {
  if (!URL.canParse(text) || new URL(text).protocol !== "https:") return "An HTTPS URL must be provided for webhook";
  const { hostname, port } = new URL(text);
  if (/^[\d.]+$|^\[/.test(hostname)) return `IP address ${hostname} is reserved`;
  if (!hostname.includes(".") || hostname.endsWith(".invalid"))
    return "Failed to resolve host: Name or service not known";
  return ["", "80", "88", "443", "8443"].includes(port)
    ? null
    : "Webhook can be set up only on ports 80, 88, 443 or 8443";
}
