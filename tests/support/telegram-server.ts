// A Bot API on this machine, as strict as Telegram's and stricter: what it does not know, it refuses.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as bodyOf } from "node:stream/consumers";
import type { UserFromGetMe } from "grammy/types";
import { listen } from "./listen.ts";
import { telegramChats } from "./telegram-chats.ts";
import { updateQueue, type UpdateQueue } from "./telegram-queue.ts";
import { chatMethods, faultOf } from "./telegram-rules.ts";
import { type ApiAnswer, type BotSettings, botSettings, settingsMethods } from "./telegram-settings.ts";
import { webhookSecret } from "./telegram-updates.ts";
import { telegramUser, type TelegramUser } from "./telegram-user.ts";
import { eventually } from "./wait.ts";

export interface SentMessage {
  readonly text: string;
  readonly silent: boolean;
  /** The first one that leads to a page. */
  readonly button: { readonly text: string; readonly url: string } | null;
}

/** A status to refuse with; "drop" cuts the connection, "hold" never answers; "lose-answer" does what is asked and then holds. */
export type Trouble = 403 | 500 | { readonly retryAfter: number } | "drop" | "hold" | "lose-answer";

export interface TelegramServer {
  readonly env: Readonly<Record<"TELEGRAM_BOT_TOKEN" | "TELEGRAM_CHAT_ID" | "TELEGRAM_API_ROOT", string>>;
  /** What the bot sent, as it was sent, oldest first, to whomever. What a chat shows now: `user(id).messages`. */
  readonly messages: readonly SentMessage[];
  /** Everything that was asked of us, refused or not, as it came; long polls apart. */
  readonly received: readonly string[];
  /** How often updates were asked for. */
  polls(): number;
  /** What was refused because it breaks the Bot API's rules. */
  readonly faults: readonly string[];
  /** Where updates are delivered, the command menu, the menu button. */
  readonly settings: BotSettings;
  /** How updates leave: deliveries that fail, come twice or out of order. */
  readonly updates: Omit<UpdateQueue, "push" | "fetch" | "interrupt">;
  /** The person with this id, the owner unless said otherwise; from here on known to the bot. */
  user(id?: number, firstName?: string): TelegramUser;
  /** Sets the webhook to this program's, and makes its public name lead there. */
  deliverTo(programUrl: string, secret?: string): void;
  /** Until the program took everything that was written and tapped. */
  delivered(): Promise<void>;
  now(): Temporal.Instant;
  /** Moves Telegram's clock. */
  pass(duration: Temporal.DurationLike): void;
  /** The next calls meet these, one each; long polls have their own. */
  troubleNext(...troubles: Trouble[]): void;
  /** Until it is ended, every call is cut off. */
  outage(begins: boolean): void;
  troubleNextPolls(...troubles: Trouble[]): void;
}

const botToken = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const ownerId = 7_654_321;
const publicOrigin = "https://bot.prebell.example";

const bot: UserFromGetMe = {
  id: 110_201_543,
  is_bot: true,
  first_name: "Prebell",
  username: "prebell_test_bot",
  can_join_groups: false,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
  has_topics_enabled: false,
  allows_users_to_create_topics: false,
  can_manage_bots: false,
  supports_join_request_queries: false,
};

/** `limitRate`: whether a second message to a chat within a second is refused. */
export async function startTelegramServer(
  options: { token?: string; limitRate?: boolean } = {},
): Promise<TelegramServer> {
  const { token = botToken, limitRate = false } = options;
  let offset = Temporal.Duration.from({ seconds: 0 });
  const now = () => Temporal.Now.instant().add(offset);
  const messages: SentMessage[] = [];
  const received: string[] = [];
  const faults: string[] = [];
  const troubles: Trouble[] = [];
  const pollTroubles: Trouble[] = [];
  let polls = 0;
  let down = false;
  const settings = botSettings();
  const queue = updateQueue(now, () => settings.webhook());
  const chats = telegramChats({ now, bot, limitRate });

  function user(id = ownerId, firstName = "Owner"): TelegramUser {
    const person = chats.people.get(id) ?? { id, is_bot: false, first_name: firstName, standing: "open" as const };
    chats.people.set(id, person);
    return telegramUser(person, chats, queue, now);
  }
  user();

  async function carryOut(method: string, sent: unknown, hungUp: AbortSignal): Promise<ApiAnswer> {
    if (method === "getUpdates") return queue.fetch(sent, hungUp);
    const outcome =
      settings.answer(method, sent, { pending: queue.pending(), fault: queue.lastFault() }) ??
      chats.answer(method, sent);
    if (outcome === null) throw new Error(`The rules know ${method}, but nobody carries it out.`);
    if (method === "setWebhook" && "result" in outcome) queue.interrupt();
    if (method.endsWith("Webhook") && "result" in outcome) queue.redeliverNow(dropsPending(sent));
    if (method === "sendMessage" && "result" in outcome) messages.push(sentMessage(sent));
    return outcome;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const respond = (status: number, content: object) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(content));
    const refuse = (status: number, description: string, retryAfter?: number) =>
      respond(status, {
        ok: false,
        error_code: status,
        description,
        ...(retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } }),
      });
    const path = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? "");
    const method = path?.[2] ?? "";
    const isPoll = method === "getUpdates";
    if (isPoll) polls += 1;
    else received.push(`${request.url} ${body}`);
    if (path?.[1] !== token) return refuse(401, "Unauthorized");
    const fault = faultOf({ method, type: request.headers["content-type"] ?? "", body });
    if (fault !== null) {
      faults.push(fault);
      return refuse(fault === "Not Found" ? 404 : 400, fault);
    }
    const trouble = (isPoll ? pollTroubles : troubles).shift();
    if (down) return void response.destroy();
    if (trouble === "hold") return;
    if (trouble === "lose-answer") return void (await carryOut(method, JSON.parse(body), new AbortController().signal));
    if (trouble === "drop") return void response.destroy();
    if (trouble === 403) return refuse(403, "Forbidden: bot was blocked by the user");
    if (trouble === 500) return refuse(500, "Internal Server Error");
    if (trouble !== undefined)
      return refuse(429, `Too Many Requests: retry after ${trouble.retryAfter}`, trouble.retryAfter);
    const hungUp = new AbortController();
    response.once("close", () => hungUp.abort());
    const answered = await carryOut(method, JSON.parse(body === "" ? "{}" : body), hungUp.signal);
    if ("result" in answered) respond(200, { ok: true, result: answered.result });
    else refuse(answered.status, answered.description, answered.retryAfter);
  }

  const server = createServer((request, response) => void answer(request, response));
  const port = await listen(server);
  return {
    env: {
      TELEGRAM_BOT_TOKEN: token,
      TELEGRAM_CHAT_ID: String(ownerId),
      TELEGRAM_API_ROOT: `http://127.0.0.1:${port}`,
    },
    messages,
    received,
    polls: () => polls,
    faults,
    settings,
    updates: queue,
    user,
    deliverTo(programUrl, secret = webhookSecret) {
      queue.resolve(publicOrigin, programUrl);
      settings.setWebhook({ url: `${publicOrigin}/telegram/webhook`, secret, allowedUpdates: [] });
      queue.redeliverNow();
    },
    async delivered() {
      await eventually("the program to take what was written and tapped", () => queue.pending() === 0);
    },
    now,
    pass(duration) {
      offset = offset.add(duration);
    },
    outage(begins) {
      down = begins;
    },
    troubleNext: (...next) => void troubles.splice(0, troubles.length, ...next),
    troubleNextPolls: (...next) => void pollTroubles.splice(0, pollTroubles.length, ...next),
  };
}

function dropsPending(sent: unknown): boolean {
  return settingsMethods.deleteWebhook.loose().parse(sent).drop_pending_updates ?? false;
}

function sentMessage(sent: unknown): SentMessage {
  const call = chatMethods.sendMessage.parse(sent);
  const markup = call.reply_markup;
  const buttons = markup !== undefined && "inline_keyboard" in markup ? markup.inline_keyboard.flat() : [];
  const button =
    buttons
      .flatMap((each) => {
        if ("url" in each) return [each];
        return "web_app" in each ? [{ text: each.text, url: each.web_app.url }] : [];
      })
      .at(0) ?? null;
  return { text: call.text, silent: call.disable_notification ?? false, button };
}
