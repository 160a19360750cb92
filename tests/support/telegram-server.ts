// A Bot API on this machine, as strict as Telegram's and stricter: what it does not know, it refuses.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text as bodyOf } from "node:stream/consumers";
import { listen } from "./listen.ts";
import { type Call, faultOf } from "./telegram-rules.ts";
import { type BotSettings, botSettings } from "./telegram-settings.ts";

export interface SentMessage {
  readonly text: string;
  readonly silent: boolean;
  readonly button: { readonly text: string; readonly url: string } | null;
}

/** A status to refuse with; "drop" cuts the connection, "hold" never answers. */
export type Trouble = 403 | 500 | { readonly retryAfter: number } | "drop" | "hold";

export interface TelegramServer {
  readonly env: Readonly<Record<"TELEGRAM_BOT_TOKEN" | "TELEGRAM_CHAT_ID" | "TELEGRAM_API_ROOT", string>>;
  /** The messages that reached the chat, oldest first. */
  readonly messages: readonly SentMessage[];
  /** Everything that was asked of us, refused or not, as it came. */
  readonly received: readonly string[];
  /** What was refused because it breaks the Bot API's rules. */
  readonly faults: readonly string[];
  /** Where updates are delivered, the command menu, and who wrote to the bot. */
  readonly settings: BotSettings;
  /** The next calls meet these, one each. */
  troubleNext(...troubles: Trouble[]): void;
}

const botToken = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";
const chatId = "7654321";

export async function startTelegramServer(token = botToken): Promise<TelegramServer> {
  const messages: SentMessage[] = [];
  const received: string[] = [];
  const faults: string[] = [];
  const troubles: Trouble[] = [];
  const settings = botSettings();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    received.push(`${request.url} ${body}`);
    const refuse = (status: number, description: string, parameters?: object) => {
      const refusal = {
        ok: false,
        error_code: status,
        description,
        ...(parameters === undefined ? {} : { parameters }),
      };
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(refusal));
    };
    const accept = (result: unknown) => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ok: true, result }));
    };
    const path = /^\/bot([^/]+)\/(\w+)$/.exec(request.url ?? "");
    if (path?.[1] !== token) return refuse(401, "Unauthorized");
    const call: Call = { method: path[2] ?? "", type: request.headers["content-type"] ?? "", body, chatId };
    const fault = faultOf(call);
    if (fault !== null) {
      faults.push(fault);
      return refuse(fault === "Not Found" ? 404 : 400, fault);
    }
    const trouble = troubles.shift();
    if (trouble === "hold") return;
    if (trouble === "drop") return void response.destroy();
    if (trouble === 403) return refuse(403, "Forbidden: bot was blocked by the user");
    if (trouble === 500) return refuse(500, "Internal Server Error");
    if (trouble !== undefined)
      return refuse(429, `Too Many Requests: retry after ${trouble.retryAfter}`, { retry_after: trouble.retryAfter });
    const answered = settings.answer(call.method, JSON.parse(body === "" ? "{}" : body));
    if (answered !== null)
      return "result" in answered ? accept(answered.result) : refuse(answered.status, answered.description);
    switch (call.method) {
      case "getMe":
        return accept({ id: 110201543, is_bot: true, first_name: "Prebell", username: "prebell_test_bot" });
      case "getChat":
        return accept({ id: Number(chatId), type: "private", first_name: "Owner" });
      default: {
        const sent = JSON.parse(body);
        const { text, disable_notification: silent = false, reply_markup: markup } = sent;
        messages.push({ text, silent, button: markup?.inline_keyboard[0][0] ?? null });
        return accept({ message_id: messages.length, date: 0, chat: { id: Number(chatId), type: "private" }, text });
      }
    }
  }

  const server = createServer((request, response) => void answer(request, response));
  const port = await listen(server);
  return {
    env: { TELEGRAM_BOT_TOKEN: token, TELEGRAM_CHAT_ID: chatId, TELEGRAM_API_ROOT: `http://127.0.0.1:${port}` },
    messages,
    received,
    faults,
    settings,
    troubleNext(...next) {
      troubles.splice(0, troubles.length, ...next);
    },
  };
}
