// Where Telegram brings what was written to the bot. Whoever lacks the shared secret is turned away before anything is read;
// whoever is not the owner is ignored without a word.
import { hash, timingSafeEqual } from "node:crypto";
import type { Update } from "grammy/types";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { type BotSettings, createBot } from "../bot/bot.ts";
import type { Secret } from "../domain/secret.ts";
import type { Dependencies } from "../use-cases/dependencies.ts";
import type { Env } from "./caller.ts";
import { problem } from "./problem.ts";

export interface TelegramAccess extends BotSettings {
  readonly webhookSecret: Secret;
  /** The owner's private chat, whose id is the owner's own. */
  readonly chatId: string;
}

/** A message of 4096 characters in answer to another one, every character escaped, stays well below. */
const maxUpdate = 256 * 1024;

/** What decides whether an update is ours; the rest of it is the bot's business. */
const envelope = z.looseObject({
  update_id: z.int(),
  message: z
    .looseObject({
      chat: z.looseObject({ id: z.int(), type: z.string() }),
      from: z.looseObject({ id: z.int() }).optional(),
    })
    .optional(),
});

export function telegramRoutes(deps: Dependencies, settings: TelegramAccess): Hono<Env> {
  const secret = digest(settings.webhookSecret.reveal());
  const handle = createBot(deps, settings);

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
      const checked = envelope.safeParse(update);
      if (update === null || !checked.success) return problem(c, 400, "not-an-update", "The body is not an update.");
      const stranger = strangeness(checked.data, settings.chatId);
      if (stranger !== null) {
        deps.log.info("telegram-ignored", { reason: stranger });
        return c.json({});
      }
      // Taken before the work: an update that is brought again, however the first time went, is not carried out twice. If
      // the store can't be reached this throws and Telegram gets a 500: nothing was done yet, so its repetition is welcome.
      const claim = `telegram/update/${checked.data.update_id}`;
      if ((await deps.records.commit({ claims: [claim] })) === "conflict") return c.json({});
      try {
        await handle(update);
      } catch (error) {
        // Told to try again, Telegram would bring it for hours; the person asks again when they see no answer.
        deps.log.error("telegram-update-failed", { error: causeOf(error) });
      }
      return c.json({});
    });
}

/** Why an update is none of ours; null if it is a message by the owner in their private chat. */
function strangeness({ message }: z.infer<typeof envelope>, chatId: string): string | null {
  if (message === undefined) return "not-a-message";
  if (message.chat.type !== "private") return "not-a-private-chat";
  return String(message.chat.id) === chatId && message.from?.id === message.chat.id ? null : "other-chat";
}

function parse(text: string): Update | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** grammY wraps what a handler threw together with the whole update. */
function causeOf(error: unknown): unknown {
  return error instanceof Error && "error" in error && error.error instanceof Error ? error.error : error;
}

function digest(text: string): Buffer {
  return hash("sha256", text, "buffer");
}
