// A person in the chat, as a test plays them: writes, taps, blocks, and sees what stands there now.
import type { ChatMember, InlineKeyboardButton, MessageEntity } from "grammy/types";
import type { Chats } from "./telegram-chats.ts";
import type { UpdateQueue } from "./telegram-queue.ts";
import { type Person, type Said, type Tapped, userOf } from "./telegram-said.ts";

export interface SeenMessage {
  readonly id: number;
  readonly by: "bot" | "person";
  readonly at: Temporal.Instant;
  readonly text: string;
  readonly entities: readonly MessageEntity[];
  readonly buttons: readonly (readonly InlineKeyboardButton[])[];
  /** Came without a sound. */
  readonly silent: boolean;
  readonly edits: number;
  /** The text in the empty reply field that the message opened; null if it opened none, or without a text. */
  readonly placeholder: string | null;
  readonly asksReply: boolean;
}

export interface Tap {
  /** What the program answered; null while the button still spins. */
  answer(): Tapped["answer"];
}

export interface TelegramUser {
  readonly id: number;
  /** What stands in the chat now, oldest first. */
  readonly messages: readonly SeenMessage[];
  /** What stood there and was taken away. */
  readonly gone: readonly SeenMessage[];
  /** Returns the message's id. */
  write(text: string, options?: { replyTo?: number }): number;
  /** Taps the newest button with these words or this data; throws if none is there to be tapped. */
  tap(button: string): Tap;
  /** A tap as a manipulated client sends it: any data, from anybody, on the newest message of the bot or any other. */
  forge(query: { data: string; from?: number; message?: number }): Tap;
  /** The person deletes a message of either side; bots are not told. */
  remove(messageId: number): void;
  block(): void;
  unblock(): void;
  /** The account is deleted. */
  deactivate(): void;
}

export function telegramUser(
  person: Person,
  chats: Chats,
  queue: UpdateQueue,
  now: () => Temporal.Instant,
): TelegramUser {
  const { id } = person;
  const mine = () => chats.said.filter(({ chatId }) => chatId === id);
  const visible = () => mine().filter(({ deleted }) => !deleted);
  const chat = { id, type: "private", first_name: person.first_name } as const;

  function query(data: string, message: Said | undefined, from: number): Tap {
    const tapper = chats.people.get(from);
    const tapped: Tapped = {
      at: now(),
      answer: null,
      query: {
        id: `${4_382_000_000 + chats.taps.length}`,
        from: tapper === undefined ? { id: from, is_bot: false, first_name: "Somebody" } : userOf(tapper),
        chat_instance: `${-7_000_000 - id}`,
        ...(message === undefined ? {} : { message: chats.message(message) }),
        data,
      },
    };
    chats.taps.push(tapped);
    queue.push(id, { callback_query: tapped.query });
    return { answer: () => tapped.answer };
  }

  function changeStanding(next: "open" | "blocked"): void {
    const member = (standing: Person["standing"]): ChatMember =>
      standing === "open"
        ? { status: "member", user: userOf(person) }
        : { status: "kicked", user: userOf(person), until_date: 0 };
    const change = { old_chat_member: member(person.standing), new_chat_member: member(next) };
    person.standing = next;
    queue.push(id, { my_chat_member: { chat, from: userOf(person), date: seconds(now()), ...change } });
  }

  return {
    id,
    get messages() {
      return visible().map(seen);
    },
    get gone() {
      return mine()
        .filter(({ deleted }) => deleted)
        .map(seen);
    },
    write(text, { replyTo } = {}) {
      if (person.standing !== "open") throw new Error("Who blocked the bot can't write to it.");
      const [command] = /^\/\w+(@\w+)?/.exec(text) ?? [];
      const asked = replyTo === undefined ? undefined : visible().find((each) => each.id === replyTo);
      const said = chats.add({
        chatId: id,
        by: "person",
        silent: false,
        protected: false,
        placeholder: null,
        asksReply: false,
        replyTo: replyTo ?? null,
        text,
        entities: command === undefined ? [] : [{ type: "bot_command", offset: 0, length: command.length }],
        keyboard: null,
      });
      const message = { ...chats.message(said), from: userOf(person), chat };
      queue.push(id, {
        message: asked === undefined ? message : Object.assign(message, { reply_to_message: chats.message(asked) }),
      });
      return said.id;
    },
    tap(wanted) {
      for (const message of visible().toReversed()) {
        const button = message.keyboard?.inline_keyboard
          .flat()
          .find((each) => each.text === wanted || ("callback_data" in each && each.callback_data === wanted));
        if (button === undefined) continue;
        if (!("callback_data" in button)) throw new Error(`The button "${wanted}" sends nothing to the bot.`);
        return query(button.callback_data, message, id);
      }
      throw new Error(`There is no button "${wanted}" in the chat.`);
    },
    forge({ data, from = id, message }) {
      const onto = message ?? visible().findLast(({ by }) => by === "bot")?.id;
      return query(
        data,
        mine().find((each) => each.id === onto),
        from,
      );
    },
    remove(messageId) {
      const said = visible().find((each) => each.id === messageId);
      if (said === undefined) throw new Error("There is no such message in the chat.");
      said.deleted = true;
    },
    block: () => changeStanding("blocked"),
    unblock: () => changeStanding("open"),
    deactivate() {
      person.standing = "deactivated";
    },
  };
}

function seen({ id, by, at, text, entities, keyboard, silent, edits, placeholder, asksReply }: Said): SeenMessage {
  return {
    id,
    by,
    at,
    text,
    entities,
    buttons: keyboard?.inline_keyboard ?? [],
    silent,
    edits,
    placeholder,
    asksReply,
  };
}

function seconds(at: Temporal.Instant): number {
  return Math.floor(at.epochMilliseconds / 1000);
}
