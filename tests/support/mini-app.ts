// Telegram's web view around the Mini App, as Chromium plays it: what it opens the page with, and what the page tells it.
import type { Page } from "playwright-core";

export interface Launch {
  readonly url: string;
  readonly initData: string;
  readonly theme?: Readonly<Record<string, string>>;
}

/** Opens the page as Telegram does, on a phone, with what only Telegram puts into the address. */
export async function openMiniApp(page: Page, { url, initData, theme }: Launch): Promise<void> {
  await page.addInitScript(`
    globalThis.toldTelegram = [];
    globalThis.TelegramWebviewProxy = { postEvent: (type, data) => toldTelegram.push([type, JSON.parse(data)]) };
  `);
  const fragment = new URLSearchParams({
    tgWebAppData: initData,
    tgWebAppVersion: "9.1",
    tgWebAppPlatform: "android",
    ...(theme === undefined ? {} : { tgWebAppThemeParams: JSON.stringify(theme) }),
  });
  await page.goto(`${url}/mini#${fragment.toString()}`);
}

/** What the page told Telegram, oldest first: type and data. */
export function toldTelegram(page: Page): Promise<[string, Record<string, string>][]> {
  return page.evaluate<[string, Record<string, string>][]>("toldTelegram");
}

/** The address that Telegram was asked to open in the system's browser. */
export async function openedLink(page: Page): Promise<string> {
  const told = await toldTelegram(page);
  const url = told.findLast(([type]) => type === "web_app_open_link")?.[1]["url"];
  if (url === undefined) throw new Error(`Telegram was told ${JSON.stringify(told)}, which opens no link.`);
  return url;
}
