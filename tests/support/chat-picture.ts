// Pictures of the chat: what a person sees of its messages, in a neutral style, light beside dark.
import type { InlineKeyboardButton, MessageEntity } from "grammy/types";
import { chromium } from "playwright-core";
import { chatStyle } from "./chat-picture-style.ts";
import type { SeenMessage } from "./telegram-user.ts";

export interface PicturedMessage extends Pick<
  SeenMessage,
  "by" | "at" | "text" | "entities" | "buttons" | "silent" | "edits"
> {
  /** What its countdown counts from. */
  readonly seenAt: Temporal.Instant;
}

export interface PictureSettings {
  readonly timeZone?: string;
  readonly schemes?: readonly ("light" | "dark")[];
}

const columnWidth = 390;

/** Writes a PNG. */
export async function chatPicture(
  messages: readonly PicturedMessage[],
  path: string,
  settings: PictureSettings = {},
): Promise<void> {
  const { schemes = ["light", "dark"] } = settings;
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  try {
    const viewport = { width: columnWidth * schemes.length, height: 200 };
    const page = await browser.newPage({ viewport, deviceScaleFactor: 2 });
    await page.setContent(chatPage(messages, settings));
    await page.screenshot({ path, fullPage: true });
  } finally {
    await browser.close();
  }
}

/** The page that is photographed. */
export function chatPage(messages: readonly PicturedMessage[], settings: PictureSettings = {}): string {
  const { schemes = ["light", "dark"] } = settings;
  const bubbles = messages.map((message) => bubble(message, settings)).join("\n");
  const columns = schemes.map((scheme) => `<main style="color-scheme: ${scheme}">${bubbles}</main>`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Chat</title><style>${chatStyle}</style>${columns.join("")}</html>`;
}

function bubble(message: PicturedMessage, settings: PictureSettings): string {
  const { by, at, silent, edits, buttons } = message;
  const { timeZone = "America/New_York" } = settings;
  const time = at.toZonedDateTimeISO(timeZone).toPlainTime().toString({ smallestUnit: "minute" });
  const marks = [silent && by === "bot" ? "🔕" : "", edits > 0 ? "edited" : "", time].filter((mark) => mark !== "");
  const rows = buttons.map((row) => `<div class="row">${row.map(buttonMarkup).join("")}</div>`).join("");
  return `<section class="${by}"><p>${textMarkup(message)}<small>${marks.join(" ")}</small></p>${rows}</section>`;
}

function buttonMarkup(button: InlineKeyboardButton): string {
  const { text, style = "plain" } = button;
  const arrow = "url" in button || "web_app" in button ? " <i>↗</i>" : "";
  return `<span class="${style}${"disabled" in button ? " disabled" : ""}">${escaped(text)}${arrow}</span>`;
}

/** Between two borders of entities the look stays the same. */
function textMarkup({ text, entities, seenAt }: PicturedMessage): string {
  const borders = new Set([0, text.length]);
  for (const { offset, length } of entities) borders.add(offset).add(offset + length);
  const ordered = [...borders].toSorted((a, b) => a - b);
  return ordered
    .slice(0, -1)
    .map((start, index) => {
      const covering = entities.filter(({ offset, length }) => offset <= start && start < offset + length);
      const fromInside = covering.toSorted((a, b) => a.length - b.length);
      return fromInside.reduce(
        (inner, entity) => entityMarkup(inner, entity, start, seenAt),
        escaped(text.slice(start, ordered[index + 1])),
      );
    })
    .join("");
}

function entityMarkup(inner: string, entity: MessageEntity, start: number, now: Temporal.Instant): string {
  if (entity.type === "bold") return `<b>${inner}</b>`;
  if (entity.type === "code") return `<code>${inner}</code>`;
  if (entity.type === "bot_command") return `<u>${inner}</u>`;
  if (entity.type !== "date_time" || entity.date_time_format !== "r") return inner;
  const words = timeLeft(Temporal.Instant.fromEpochMilliseconds(entity.unix_time * 1000), now);
  // Drawn once, however many pieces other entities cut it into.
  return start === entity.offset ? `<u>${words}</u>` : "";
}

function timeLeft(at: Temporal.Instant, now: Temporal.Instant): string {
  const minutes = Math.round(at.since(now).total("minutes"));
  const format = new Intl.RelativeTimeFormat("en");
  return Math.abs(minutes) < 90 ? format.format(minutes, "minute") : format.format(Math.round(minutes / 60), "hour");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
