// Carries out what the bot decided, in the chat where it was asked for.
import type { InlineKeyboardMarkup, MessageEntity } from "grammy/types";
import type { Context } from "grammy/web";
import type { ChatMessage, Log } from "../ports.ts";
import type { BotEffect, BotMessage } from "./handlers.ts";

/** How a message is put for the Bot API. */
export type Format = (message: ChatMessage) => TelegramWords;

export interface TelegramWords {
  readonly text: string;
  readonly entities?: MessageEntity[];
  readonly reply_markup?: InlineKeyboardMarkup;
}

const maxToast = 200;
const noPreview = { link_preview_options: { is_disabled: true } } as const;

/** Tries every effect; rejects with the first failure. */
export async function carryOut(context: Context, effects: readonly BotEffect[], format: Format): Promise<void> {
  const failures: unknown[] = [];
  for (const effect of effects)
    try {
      // oxlint-disable-next-line no-await-in-loop -- the person sees them in this order
      await perform(context, effect, format);
    } catch (error) {
      failures.push(error);
    }
  if (failures.length > 0) throw failures[0];
}

async function perform(context: Context, effect: BotEffect, format: Format): Promise<void> {
  switch (effect.do) {
    case "say": {
      const { text, ...shown } = format(chatMessage(effect));
      const quiet = effect.silent === true ? { disable_notification: true } : {};
      await context.reply(text, { ...shown, ...noPreview, ...quiet, protect_content: true });
      return;
    }
    case "ask": {
      const { text, ...shown } = format(chatMessage({ ...effect, buttons: [] }));
      const reply = { force_reply: true, input_field_placeholder: effect.placeholder } as const;
      await context.reply(text, { ...shown, ...noPreview, protect_content: true, reply_markup: reply });
      return;
    }
    case "edit": {
      if (context.callbackQuery?.message === undefined) return;
      const { text, ...shown } = format(chatMessage(effect));
      await context.editMessageText(text, { ...shown, ...noPreview }).catch(ignoreUnchangeable);
      return;
    }
    case "remove":
      if (context.callbackQuery?.message !== undefined) await context.deleteMessage().catch(ignoreUnchangeable);
      return;
    case "delete-incoming":
      if (context.message !== undefined) await context.deleteMessage();
      return;
    case "then":
      return carryOut(context, await effect.find(), format);
    case "toast":
      return;
  }
}

/** Ends the spinner of the button that was tapped. Never rejects: what the tap was for counts more. */
export async function answerTap(context: Context, effects: readonly BotEffect[], log: Log): Promise<void> {
  const toast = effects.find((effect) => effect.do === "toast")?.text.slice(0, maxToast);
  try {
    await context.answerCallbackQuery(toast === undefined ? {} : { text: toast });
  } catch (error) {
    log.warn("tap-not-answered", { error });
  }
}

function chatMessage({ text, entities = [], buttons = [], action = null, silent = false }: BotMessage): ChatMessage {
  return { text, entities, buttons, action, silent };
}

/** It says so already, the person took it away, or it is too old to be. */
function ignoreUnchangeable(error: unknown): void {
  const said = error instanceof Error && "description" in error ? String(error.description) : "";
  if (!/message (is not modified|to (edit|delete) not found|can't be deleted)/.test(said)) throw error;
}
