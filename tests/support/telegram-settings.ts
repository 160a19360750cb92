// A bot's own settings at the Bot API: where its updates go, its command menu, and the updates nobody has fetched yet.
import { z } from "zod";

/** Telegram's answer to a call about settings: a result, or a refusal with its status. */
export type SettingsAnswer = { readonly result: unknown } | { readonly status: number; readonly description: string };

export interface BotSettings {
  /** Where updates are delivered; an empty address while they wait to be fetched. */
  webhook(): { readonly url: string; readonly secret: string | null; readonly allowedUpdates: readonly string[] };
  commands(): readonly { readonly command: string; readonly description: string }[];
  /** Somebody writes to the bot in a private chat. */
  write(from: { readonly id: number; readonly firstName: string; readonly text: string }): void;
  /** Deliveries fail from now on, as Telegram reports it. */
  failDeliveries(message: string, at: Temporal.Instant, pending: number): void;
  /** Null for a method that is not about settings. */
  answer(method: string, sent: unknown): SettingsAnswer | null;
}

const secretToken = z.string().regex(/^[\w-]{1,256}$/);
const updateKinds = z.array(z.enum(["message", "edited_message", "callback_query", "my_chat_member"]));

/** What each method takes (core.telegram.org/bots/api), for telegram-rules.ts. */
export const settingsMethods = {
  setWebhook: z.strictObject({
    url: z.string(),
    secret_token: secretToken.optional(),
    allowed_updates: updateKinds.optional(),
    max_connections: z.int().min(1).max(100).optional(),
    drop_pending_updates: z.boolean().optional(),
  }),
  deleteWebhook: z.strictObject({ drop_pending_updates: z.boolean().optional() }),
  getWebhookInfo: z.strictObject({}),
  getUpdates: z.strictObject({
    offset: z.int().optional(),
    limit: z.int().min(1).max(100).optional(),
    timeout: z.int().min(0).optional(),
    allowed_updates: updateKinds.optional(),
  }),
  setMyCommands: z.strictObject({
    commands: z
      .array(
        z.strictObject({
          command: z.string().regex(/^[a-z0-9_]{1,32}$/),
          description: z.string().min(1).max(256),
        }),
      )
      .max(100),
  }),
} as const;

export function botSettings(): BotSettings {
  let webhook = { url: "", secret: null as string | null, allowedUpdates: [] as readonly string[] };
  let commands: readonly { command: string; description: string }[] = [];
  let failing: { message: string; at: Temporal.Instant; pending: number } | null = null;
  const updates: { readonly update_id: number; readonly message: object }[] = [];

  return {
    webhook: () => webhook,
    commands: () => commands,
    write({ id, firstName, text }) {
      const who = { id, first_name: firstName };
      updates.push({
        update_id: 1000 + updates.length,
        message: {
          message_id: 1 + updates.length,
          date: 1_781_000_000,
          from: { ...who, is_bot: false },
          chat: { ...who, type: "private" },
          text,
        },
      });
    },
    failDeliveries(message, at, pending) {
      failing = { message, at, pending };
    },
    answer(method, sent) {
      switch (method) {
        case "setWebhook": {
          const { url, secret_token: secret, allowed_updates: kinds } = settingsMethods.setWebhook.parse(sent);
          const fault = url === "" ? null : addressFault(url);
          if (fault !== null) return { status: 400, description: `Bad Request: bad webhook: ${fault}` };
          webhook = { url, secret: secret ?? null, allowedUpdates: kinds ?? webhook.allowedUpdates };
          failing = null;
          return { result: true };
        }
        case "deleteWebhook":
          webhook = { ...webhook, url: "", secret: null };
          return { result: true };
        case "getWebhookInfo":
          return {
            result: {
              url: webhook.url,
              has_custom_certificate: false,
              pending_update_count: failing?.pending ?? 0,
              ...(failing === null
                ? {}
                : {
                    last_error_date: Math.floor(failing.at.epochMilliseconds / 1000),
                    last_error_message: failing.message,
                  }),
              ...(webhook.url === "" ? {} : { max_connections: 40, allowed_updates: webhook.allowedUpdates }),
            },
          };
        case "getUpdates": {
          if (webhook.url !== "")
            return {
              status: 409,
              description:
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
            };
          const { offset = 0, limit = 100 } = settingsMethods.getUpdates.parse(sent);
          return { result: updates.filter(({ update_id: id }) => id >= offset).slice(0, limit) };
        }
        case "setMyCommands":
          ({ commands } = settingsMethods.setMyCommands.parse(sent));
          return { result: true };
        default:
          return null;
      }
    },
  };
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
