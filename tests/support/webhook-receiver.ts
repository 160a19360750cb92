// A trading system's end of the webhook: checks what the Standard Webhooks library says about each delivery, records, answers.
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { listen } from "./listen.ts";

export interface Delivery {
  readonly id: string;
  readonly type: string;
  readonly connection: string;
  readonly version: number | null;
  readonly sequence: number;
  readonly body: string;
  /** Null where the signature fits. */
  readonly fault: string | null;
  /** What we answered; null while the answer is held or after it was cut. */
  readonly answered: number | null;
}

export interface WebhookReceiver {
  readonly env: { readonly EVENT_WEBHOOK_URL: string; readonly EVENT_WEBHOOK_SECRET: string };
  /** Every delivery, repetitions included, oldest first. */
  readonly deliveries: readonly Delivery[];
  /** The statuses of the next answers; after them 200. "hold" never answers. */
  answerNext(...answers: (number | "hold")[]): void;
}

interface Wire {
  readonly type: string;
  readonly data: { readonly connection: string; readonly secretVersion: number | null; readonly sequence: number };
}

/** `headers`: what its answers carry. */
export async function startWebhookReceiver(headers: Readonly<Record<string, string>> = {}): Promise<WebhookReceiver> {
  const secret = `whsec_${randomBytes(32).toString("base64")}`;
  const webhook = new Webhook(secret);
  const deliveries: { -readonly [K in keyof Delivery]: Delivery[K] }[] = [];
  const next: (number | "hold")[] = [];

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const came = request.headersDistinct;
    const single = (name: string) => (came[name]?.length === 1 ? (came[name][0] ?? "") : "");
    const { type, data }: Wire = JSON.parse(body);
    const delivery = {
      id: single("webhook-id"),
      type,
      connection: data.connection,
      version: data.secretVersion,
      sequence: data.sequence,
      body,
      fault: faultOf(() =>
        webhook.verify(body, {
          "webhook-id": single("webhook-id"),
          "webhook-timestamp": single("webhook-timestamp"),
          "webhook-signature": single("webhook-signature"),
        }),
      ),
      answered: null as number | null,
    };
    deliveries.push(delivery);
    const answer = next.shift() ?? 200;
    if (answer === "hold") return;
    delivery.answered = answer;
    response.writeHead(answer, headers).end();
  }

  const server = createServer((request, response) => void receive(request, response));
  const port = await listen(server);
  return {
    env: { EVENT_WEBHOOK_URL: `http://127.0.0.1:${port}/hook`, EVENT_WEBHOOK_SECRET: secret },
    deliveries,
    answerNext(...answers) {
      next.splice(0, next.length, ...answers);
    },
  };
}

function faultOf(verify: () => unknown): string | null {
  try {
    verify();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : "unknown";
  }
}
