// Pure. A message's words as the Bot API takes them: text with entities in UTF-16 units, cut where Telegram would refuse it.
import type { MessageEntity } from "grammy/types";
import type { TextEntity } from "../ports.ts";

export interface TelegramText {
  readonly text: string;
  readonly entities: MessageEntity[];
}

/** core.telegram.org/bots/api#sendmessage */
const maxText = 4096;
const cutMark = "…";

/** `tail` is kept whole at the end, whatever has to go before it. */
export function telegramText(text: string, parts: readonly TextEntity[] = [], tail = ""): TelegramText {
  const kept = cut(text, parts, maxText - tail.length);
  return {
    text: kept.text + kept.mark + tail,
    entities: parts.flatMap((part) => fitted(part, kept.text.length)).map(toEntity),
  };
}

/** The longest beginning that leaves room for the mark, splits no character and no countdown. */
function cut(text: string, parts: readonly TextEntity[], room: number): { text: string; mark: string } {
  if (text.length <= room) return { text, mark: "" };
  const at = room - cutMark.length;
  const countdown = parts.find(
    ({ kind, offset, length }) => kind === "countdown" && offset < at && offset + length > at,
  );
  const end = countdown?.offset ?? at;
  const whole = isHighSurrogate(text, end - 1) ? end - 1 : end;
  return { text: text.slice(0, whole).trimEnd(), mark: cutMark };
}

/** What is left of a part in a shortened text: bold and code may be shorter too, half a countdown is none. */
function fitted(part: TextEntity, end: number): TextEntity[] {
  const length = Math.min(part.length, end - part.offset);
  if (length <= 0) return [];
  return part.kind === "countdown" && length < part.length ? [] : [{ ...part, length }];
}

function toEntity(part: TextEntity): MessageEntity {
  const { offset, length } = part;
  if (part.kind !== "countdown") return { type: part.kind, offset, length };
  // "r": as the time left, which the person's own client counts down.
  const at = { unix_time: Math.floor(part.at.epochMilliseconds / 1000), date_time_format: "r" } as const;
  return { type: "date_time", offset, length, ...at };
}

function isHighSurrogate(text: string, index: number): boolean {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit <= 0xdbff;
}
