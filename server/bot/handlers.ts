// Types only. What the bot tells of when somebody writes, taps, or shuts it out, and what is done in answer, as plain data.
import type { ChatMessage } from "../ports.ts";
import type { CallbackData, UnknownData } from "./callback-data.ts";
import type { BotCommand } from "./commands.ts";

/** Whoever acts in their private chat with the bot. That they may is checked before; what they may is not. */
export interface Sender {
  /** The chat's id, which is also the person's own at Telegram. */
  readonly chatId: string;
  /** As they call themselves. */
  readonly firstName: string;
}

export type BotEffect =
  /** A new message. It rings unless it is silent. */
  | ({ readonly do: "say" } & BotMessage)
  /** A new message that opens the reply field under it. Telegram lets nobody edit such a message later. */
  | ({ readonly do: "ask"; readonly placeholder: string } & Pick<BotMessage, "text" | "entities">)
  /** What was tapped becomes this, where it stands; does nothing where nothing was tapped, or it is gone. */
  | ({ readonly do: "edit" } & BotMessage)
  /** What was tapped is taken away; does nothing where nothing was tapped, or it is gone. */
  | { readonly do: "remove" }
  /** What the person just wrote is taken away. */
  | { readonly do: "delete-incoming" }
  /** What else is done, found out only when those before were carried out: a code is gone before it is used. */
  | { readonly do: "then"; readonly find: () => Promise<readonly BotEffect[]> }
  /** Shown over the chat for a moment, in answer to a tap: at most 200 characters. Only the first counts. */
  | { readonly do: "toast"; readonly text: string };

export type BotMessage = Pick<ChatMessage, "text" | "entities" | "buttons"> &
  Partial<Pick<ChatMessage, "action" | "silent">>;

export interface WrittenText {
  readonly text: string;
  readonly messageId: string;
  /** The message it answers. */
  readonly replyTo: string | null;
}

/** The effects are carried out in their order, each whether or not another failed. */
export interface BotHandlers {
  /** `args`: what was written after the command. */
  command(name: BotCommand, args: string, from: Sender): Promise<readonly BotEffect[]>;
  text(written: WrittenText, from: Sender): Promise<readonly BotEffect[]>;
  /** `message`: what was tapped. */
  tap(data: CallbackData | UnknownData, from: Sender, message: string | null): Promise<readonly BotEffect[]>;
  /** Blocked the bot; nothing reaches them there any more. */
  blocked(from: Sender): Promise<void>;
  /** Let the bot in again. */
  unblocked(from: Sender): Promise<void>;
}
