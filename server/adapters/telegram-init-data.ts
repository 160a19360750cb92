// Whether Telegram signed what a Mini App was opened with, for our bot and nobody else's.
import { createHmac, timingSafeEqual } from "node:crypto";
import { type InitData, readInitData } from "../domain/init-data.ts";
import type { Secret } from "../domain/secret.ts";

/** core.telegram.org/bots/webapps: HMAC-SHA256 of the fields, under HMAC-SHA256 of the bot's token, under "WebAppData". */
export function telegramInitData(botToken: Secret): (text: string) => InitData | null {
  const key = createHmac("sha256", "WebAppData").update(botToken.reveal()).digest();
  return (text) => {
    const data = readInitData(text);
    if (data === null) return null;
    const expected = createHmac("sha256", key).update(data.signed).digest();
    return timingSafeEqual(expected, Buffer.from(data.hash, "hex")) ? data : null;
  };
}
