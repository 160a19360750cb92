// The chats a bot has: what was said in them, how the bot may change it, and the taps that wait for its answer.
import type { Message, User } from "grammy/types";
import { chatMethods } from "./telegram-rules.ts";
import {
  inOrder,
  keyboardOf,
  type Person,
  placeholderOf,
  type Said,
  sameContent,
  type Tapped,
  userOf,
} from "./telegram-said.ts";
import type { ApiAnswer } from "./telegram-settings.ts";

export interface Chats {
  readonly people: Map<number, Person>;
  readonly said: readonly Said[];
  readonly taps: Tapped[];
  add(said: Omit<Said, "id" | "at" | "edits" | "deleted">): Said;
  /** As the Bot API shows it. */
  message(said: Said): Message.TextMessage;
  /** Null for a method that is about something else. */
  answer(method: string, sent: unknown): ApiAnswer | null;
}

/** Bots may take away for both sides what is younger (core.telegram.org/bots/api#deletemessage). */
const deletableFor = { hours: 48 };
const tapLife = { seconds: 150 };
/** More than one message per second in a chat is too many (core.telegram.org/bots/faq). */
const paceMs = 1000;

const refuse = (description: string, status = 400): ApiAnswer => ({
  status,
  description: status === 400 ? `Bad Request: ${description}` : description,
});
const notModified = refuse(
  "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
);

export function telegramChats(settings: { now: () => Temporal.Instant; bot: User; limitRate: boolean }): Chats {
  const { now, bot } = settings;
  const people = new Map<number, Person>();
  const said: Said[] = [];
  const taps: Tapped[] = [];
  const lastSentAt = new Map<number, Temporal.Instant>();

  /** Why the bot can't reach this chat; null if it can. */
  function unreachable(chatId: string | number): ApiAnswer | null {
    const person = people.get(Number(chatId));
    if (person === undefined) return refuse("chat not found");
    if (person.standing === "blocked") return refuse("Forbidden: bot was blocked by the user", 403);
    return person.standing === "deactivated" ? refuse("Forbidden: user is deactivated", 403) : null;
  }

  function tooFast(chatId: number): ApiAnswer | null {
    const last = lastSentAt.get(chatId);
    const wait = last === undefined ? 0 : paceMs - now().since(last).total("milliseconds");
    if (settings.limitRate && wait > 0)
      return { status: 429, description: "Too Many Requests: retry after 1", retryAfter: Math.ceil(wait / 1000) };
    lastSentAt.set(chatId, now());
    return null;
  }

  const find = (chatId: string | number, id: number) =>
    said.find((each) => each.chatId === Number(chatId) && each.id === id && !each.deleted) ?? null;

  function message(each: Said): Message.TextMessage {
    const person = people.get(each.chatId);
    return {
      message_id: each.id,
      date: Math.floor(each.at.epochMilliseconds / 1000),
      chat: { id: each.chatId, type: "private", first_name: person?.first_name ?? "" },
      from: each.by === "bot" || person === undefined ? bot : userOf(person),
      text: each.text,
      ...(each.entities.length === 0 ? {} : { entities: [...each.entities] }),
      ...(each.keyboard === null ? {} : { reply_markup: each.keyboard }),
      ...(each.protected ? { has_protected_content: true } : {}),
      ...(each.edits === 0 ? {} : { edit_date: Math.floor(now().epochMilliseconds / 1000) }),
    };
  }

  function add(given: Parameters<Chats["add"]>[0]): Said {
    const each = { ...given, id: said.length + 1, at: now(), edits: 0, deleted: false };
    said.push(each);
    return each;
  }

  function send(sent: unknown): ApiAnswer {
    const call = chatMethods.sendMessage.parse(sent);
    const chatId = Number(call.chat_id);
    const refusal = unreachable(chatId);
    if (refusal !== null) return refusal;
    const replyTo = call.reply_parameters?.message_id ?? null;
    if (replyTo !== null && find(chatId, replyTo) === null && !call.reply_parameters?.allow_sending_without_reply)
      return refuse("message to be replied not found");
    const slow = tooFast(chatId);
    if (slow !== null) return slow;
    const markup = call.reply_markup ?? null;
    const each = add({
      chatId,
      by: "bot",
      silent: call.disable_notification ?? false,
      protected: call.protect_content ?? false,
      placeholder: markup !== null && "force_reply" in markup ? placeholderOf(markup) : null,
      asksReply: markup !== null && !("inline_keyboard" in markup),
      replyTo,
      text: call.text,
      entities: inOrder(call.entities),
      keyboard: markup !== null && "inline_keyboard" in markup ? markup : null,
    });
    return { result: message(each) };
  }

  function edit(
    chatId: string | number,
    id: number,
    change: Partial<Pick<Said, "text" | "entities" | "keyboard">>,
  ): ApiAnswer {
    const refusal = unreachable(chatId);
    if (refusal !== null) return refusal;
    const each = find(chatId, id);
    if (each === null) return refuse("message to edit not found");
    if (each.by === "person" || each.asksReply) return refuse("message can't be edited");
    if (sameContent(each, { ...each, ...change })) return notModified;
    Object.assign(each, change);
    each.edits += 1;
    return { result: message(each) };
  }

  function remove(chatId: string | number, id: number): ApiAnswer {
    const refusal = unreachable(chatId);
    if (refusal !== null) return refusal;
    const each = find(chatId, id);
    if (each === null) return refuse("message to delete not found");
    if (Temporal.Instant.compare(now(), each.at.add(deletableFor)) > 0)
      return refuse("message can't be deleted for everyone");
    each.deleted = true;
    return { result: true };
  }

  function answerTap(sent: unknown): ApiAnswer {
    const call = chatMethods.answerCallbackQuery.parse(sent);
    const tap = taps.find(({ query }) => query.id === call.callback_query_id);
    if (tap === undefined || tap.answer !== null || Temporal.Instant.compare(now(), tap.at.add(tapLife)) > 0)
      return refuse("query is too old and response timeout expired or query ID is invalid");
    tap.answer = { text: call.text ?? null, alert: call.show_alert ?? false };
    return { result: true };
  }

  return {
    people,
    said,
    taps,
    add,
    message,
    answer(method, sent) {
      switch (method) {
        case "getMe":
          return { result: bot };
        case "getChat": {
          const { chat_id: chatId } = chatMethods.getChat.parse(sent);
          const person = people.get(Number(chatId));
          if (person === undefined) return refuse("chat not found");
          return { result: { id: person.id, type: "private", first_name: person.first_name } };
        }
        case "sendChatAction":
          return unreachable(chatMethods.sendChatAction.parse(sent).chat_id) ?? { result: true };
        case "sendMessage":
          return send(sent);
        case "editMessageText": {
          const call = chatMethods.editMessageText.parse(sent);
          const content = {
            text: call.text,
            entities: inOrder(call.entities),
            keyboard: keyboardOf(call.reply_markup),
          };
          return edit(call.chat_id, call.message_id, content);
        }
        case "editMessageReplyMarkup": {
          const call = chatMethods.editMessageReplyMarkup.parse(sent);
          return edit(call.chat_id, call.message_id, { keyboard: keyboardOf(call.reply_markup) });
        }
        case "deleteMessage": {
          const call = chatMethods.deleteMessage.parse(sent);
          return remove(call.chat_id, call.message_id);
        }
        case "answerCallbackQuery":
          return answerTap(sent);
        default:
          return null;
      }
    },
  };
}
