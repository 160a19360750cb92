// The two ends of the Bot API, as bare as they come: one that asks, and a webhook that only listens.
import { createServer } from "node:http";
import { text as bodyOf } from "node:stream/consumers";
import type { ApiResponse, Update } from "grammy/types";
import { listen } from "./listen.ts";
import type { TelegramServer } from "./telegram-server.ts";

export interface WebhookEar {
  readonly url: string;
  readonly heard: readonly { readonly update: Update; readonly secret: string; readonly path: string }[];
  /** The statuses of the next answers; 200 after that. */
  answerNext(...statuses: number[]): void;
}

export async function startWebhookEar(): Promise<WebhookEar> {
  const heard: WebhookEar["heard"][number][] = [];
  const statuses: number[] = [];
  const server = createServer(async (request, response) => {
    const update: Update = JSON.parse(await bodyOf(request));
    const secret = String(request.headers["x-telegram-bot-api-secret-token"] ?? "");
    heard.push({ update, secret, path: request.url ?? "" });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  const port = await listen(server);
  return { url: `http://127.0.0.1:${port}`, heard, answerNext: (...next) => void statuses.push(...next) };
}

export interface Asked<T> {
  /** "ok", or the status and the description. */
  readonly verdict: string;
  /** Null after a refusal. */
  readonly result: T | null;
  readonly retryAfter: number | null;
}

export async function askTelegram<T>({ env }: TelegramServer, method: string, body: object): Promise<Asked<T>> {
  const response = await fetch(`${env.TELEGRAM_API_ROOT}/bot${env.TELEGRAM_BOT_TOKEN}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer: ApiResponse<T> = JSON.parse(await response.text());
  return answer.ok
    ? { verdict: "ok", result: answer.result, retryAfter: null }
    : {
        verdict: `${response.status} ${answer.description}`,
        result: null,
        retryAfter: answer.parameters?.retry_after ?? null,
      };
}
