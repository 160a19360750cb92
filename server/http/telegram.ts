// Where Telegram brings what was written to the bot. Whoever lacks the shared secret is turned away before anything is read.
import { hash, timingSafeEqual } from "node:crypto";
import type { Update } from "grammy/types";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { ReceiveUpdate } from "../bot/receive-update.ts";
import type { Secret } from "../domain/secret.ts";
import type { Env } from "./caller.ts";
import { problem } from "./problem.ts";

export interface TelegramAccess {
  readonly webhookSecret: Secret;
  readonly receive: ReceiveUpdate;
}

/** A message of 4096 characters in answer to another one, every character escaped, stays well below. */
const maxUpdate = 256 * 1024;

export function telegramRoutes(settings: TelegramAccess): Hono<Env> {
  const secret = digest(settings.webhookSecret.reveal());

  return new Hono<Env>()
    .use("/webhook", async (c, next) => {
      if (timingSafeEqual(digest(c.req.header("x-telegram-bot-api-secret-token") ?? ""), secret)) return next();
      return problem(c, 401, "wrong-webhook-secret", "This is for Telegram, which proves itself with a secret.");
    })
    .use(
      "/webhook",
      bodyLimit({
        maxSize: maxUpdate,
        onError: (c) => problem(c, 413, "too-large", "The body is over 256 KiB; no update is."),
      }),
    )
    .post("/webhook", async (c) => {
      const update = parse(await c.req.text());
      // Throws if the store can't be reached: nothing was done then, and Telegram, told 500, brings it again.
      const reception = update === null ? "not-an-update" : await settings.receive(update);
      if (reception === "not-an-update") return problem(c, 400, "not-an-update", "The body is not an update.");
      return c.json({});
    });
}

function parse(text: string): Update | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
