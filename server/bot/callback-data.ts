// Pure. What a button in the chat sends back when it is tapped: a tiny language of at most 64 bytes. A manipulated client can
// send anything, so nothing in it is believed: it says what is wished, and whoever wishes it is checked elsewhere.

export type CallbackData =
  /** "I'm on it", for that trading day. */
  | { readonly kind: "acknowledge"; readonly tradingDay: string }
  | { readonly kind: "snooze"; readonly minutes: number; readonly tradingDay: string }
  | { readonly kind: "renew"; readonly connection: string }
  /** "I'm on it", for that fire drill. */
  | { readonly kind: "on-drill"; readonly id: string }
  /** Ends what was begun under this id. */
  | { readonly kind: "cancel"; readonly id: string }
  /** The number that the page shows, out of those the chat offers; null: "It wasn't me". */
  | { readonly kind: "match"; readonly id: string; readonly number: number | null }
  /** Yes, lock everything; and when that was asked, in seconds since 1970. */
  | { readonly kind: "lock"; readonly askedAt: number };

/** What no button of ours sends, or none that still means something. */
export interface UnknownData {
  readonly kind: "unknown";
}

/** core.telegram.org/bots/api#inlinekeyboardbutton */
const maxBytes = 64;

const words = {
  acknowledge: "ack",
  snooze: "snooze",
  renew: "renew",
  cancel: "cancel",
  match: "match",
  lock: "lock",
  "on-drill": "drill",
} as const;
const notMe = "no";

/** Throws where an id is too long for a button or holds what no id holds: that is a fault in the program. */
export function callbackData(data: CallbackData): string {
  const text = [words[data.kind], ...fieldsOf(data)].join(":");
  if (Buffer.byteLength(text) > maxBytes || parseCallbackData(text).kind !== data.kind)
    throw new Error(`No button can carry "${text}".`);
  return text;
}

function fieldsOf(data: CallbackData): readonly (string | number)[] {
  switch (data.kind) {
    case "acknowledge":
      return [data.tradingDay];
    case "snooze":
      return [data.minutes, data.tradingDay];
    case "renew":
      return [data.connection];
    case "cancel":
    case "on-drill":
      return [data.id];
    case "match":
      return [data.id, data.number ?? notMe];
    case "lock":
      return [data.askedAt];
  }
}

/** Never throws; takes only what `callbackData` writes, to the letter. */
export function parseCallbackData(text: string): CallbackData | UnknownData {
  if (text.length > maxBytes) return { kind: "unknown" };
  const [word, first = "", second = "", ...rest] = text.split(":");
  const count = text.split(":").length;
  if (rest.length > 0) return { kind: "unknown" };
  if (word === words.acknowledge && count === 2 && isDay(first)) return { kind: "acknowledge", tradingDay: first };
  if (word === words.snooze && isMinutes(first) && isDay(second))
    return { kind: "snooze", minutes: Number(first), tradingDay: second };
  if (word === words.renew && count === 2 && isId(first)) return { kind: "renew", connection: first };
  if (word === words.cancel && count === 2 && isId(first)) return { kind: "cancel", id: first };
  if (word === words["on-drill"] && count === 2 && isId(first)) return { kind: "on-drill", id: first };
  if (word === words.match && isId(first) && isMatchNumber(second))
    return { kind: "match", id: first, number: Number(second) };
  if (word === words.match && isId(first) && second === notMe) return { kind: "match", id: first, number: null };
  if (word === words.lock && count === 2 && /^[1-9]\d{8,10}$/.test(first))
    return { kind: "lock", askedAt: Number(first) };
  return { kind: "unknown" };
}

function isId(text: string): boolean {
  return /^[\w-]{1,48}$/.test(text);
}

/** One minute to a day. */
function isMinutes(text: string): boolean {
  return /^[1-9]\d{0,3}$/.test(text) && Number(text) <= 1440;
}

/** Always two digits, so that none stands out. */
function isMatchNumber(text: string): boolean {
  return /^[1-9]\d$/.test(text);
}

function isDay(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (year === undefined || Number(month) < 1 || Number(month) > 12) return false;
  const { daysInMonth } = Temporal.PlainYearMonth.from({ year: Number(year), month: Number(month) });
  return Number(day) >= 1 && Number(day) <= daysInMonth;
}
